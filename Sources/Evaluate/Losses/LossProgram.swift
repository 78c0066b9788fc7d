import CleaveStorage

/// A program that judges texts: one JSON line for each on its standard input, one loss for each, as a line
/// `{"loss": x}` or a bare number, on its standard output.
struct LossProgram {
  private let program: ShellProgram
  private var name: String { "\(PromptLoss.command(program.text))" }

  init(_ text: String) { program = ShellProgram(text) }

  /// - Throws: `InputError` for a program that cannot be started, fails, or prints anything but a loss in
  ///   0 ... 1 for each text; `OutputError` where its input cannot be written.
  func losses(of texts: [JudgedText]) async throws -> [Double] {
    guard !texts.isEmpty else { return [] }
    let input = try UnlinkedFile()
    for text in texts { try input.write(line(text)) }
    let output = try await program.run(
      on: input, named: name, longestOutput: Self.mostBytes(texts: texts.count))
    return try losses(in: output, count: texts.count)
  }

  /// A loss is a few bytes; a program that prints without end must not take all memory.
  private static func mostBytes(texts: Int) -> Int { (1 << 20) + texts * (1 << 12) }

  private func line(_ text: JudgedText) -> String {
    let value: JSON = [
      "prompt": .string(text.prompt), "text": .string(text.text),
      "model_text": .string(text.modelText),
      "references": .array(text.references.map { .string($0) }),
    ]
    return value.text(pretty: false) + "\n"
  }

  /// Lines of white space are passed over.
  private func losses(in output: [UInt8], count: Int) throws -> [Double] {
    let lines = output.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    let losses = try lines.enumerated().compactMap { index, line -> Double? in
      guard !line.allSatisfy({ [0x20, 0x09, 0x0D].contains($0) }) else { return nil }
      // json-c waits for what ends a number.
      return try loss(line + [UInt8(ascii: "\n")], location: "output line \(index + 1)")
    }
    guard losses.count == count else {
      throw InputError(
        file: name, location: "output", found: "losses of \(losses.count) texts",
        expected: "one of each of the \(count) texts")
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
