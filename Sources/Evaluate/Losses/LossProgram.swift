import CleaveStorage

/// A program that measures losses. It reads one JSON line per text from standard input, and prints
/// one loss per text to standard output, as a line `{"loss": x}` or a bare number.
struct LossProgram {
  private let program: ShellProgram
  private var name: String { "\(PromptLoss.command(program.text))" }

  init(_ text: String) { program = ShellProgram(text) }

  /// - Throws: `InputError` if the program cannot be started, fails, or does not print a loss from
  ///   0 to 1 for each text; `OutputError` if its input cannot be written.
  func losses(of texts: [JudgedText]) async throws -> [Double] {
    guard !texts.isEmpty else { return [] }
    let input = try UnlinkedFile()
    for text in texts { try input.write(line(text)) }
    let output = try await program.run(
      on: input, named: name, longestOutput: Self.mostBytes(texts: texts.count))
    return try losses(in: output, count: texts.count)
  }

  /// The most bytes of output: a loss takes a few bytes, and a program that prints without end must
  /// not fill the memory.
  private static func mostBytes(texts: Int) -> Int { (1 << 20) + texts * (1 << 12) }

  private func line(_ text: JudgedText) -> String {
    let value: JSON = [
      "prompt": .string(text.prompt), "text": .string(text.text),
      "model_text": .string(text.modelText),
      "references": .array(text.references.map { .string($0) }),
    ]
    return value.text(pretty: false) + "\n"
  }

  /// Blank lines are skipped.
  private func losses(in output: [UInt8], count: Int) throws -> [Double] {
    let lines = output.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    let losses = try lines.enumerated().compactMap { index, line -> Double? in
      guard !line.allSatisfy({ [0x20, 0x09, 0x0D].contains($0) }) else { return nil }
      // json-c needs a character after a number to know that it has ended.
      return try loss(line + [UInt8(ascii: "\n")], location: "output line \(index + 1)")
    }
    guard losses.count == count else {
      throw InputError(
        file: name, location: "output", found: "\(losses.count) losses",
        expected: "one loss for each of \(count) texts")
    }
    return losses
  }

  private func loss(_ line: [UInt8], location: String) throws -> Double {
    var node = try JSONNode(parsing: line, file: name, location: location)
    if case .object = node.value { node = try node.required("loss") }
    let loss = try node.number()
    guard (0...1).contains(loss) else { throw node.refuse(expected: "a loss from 0 to 1") }
    return loss
  }
}
