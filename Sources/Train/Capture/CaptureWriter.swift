import CleaveModel
import CleaveStorage

/// Writes a capture store beside its target and publishes it when it is complete.
package struct CaptureWriter: ~Copyable {
  private let directory: StagedOutput
  private let target: String
  private let configuration: CaptureConfiguration
  private let limit: Int
  private var sequences: FileSink
  private var tokens: FileSink
  private var states: FileSink
  private var exponents: FileSink
  private var teacher: FileSink
  private var sequenceCount = 0
  private var tokenCount = 0

  /// - Parameters:
  ///   - sources: files and directories that must not overlap the target.
  ///   - limit: the most bytes that the store may have.
  package init(
    _ target: String, _ configuration: CaptureConfiguration, sources: [String], limit: Int,
    force: Bool
  ) throws {
    let directory = try StagedOutput(
      target, sources: sources,
      format: .directory(of: CaptureLayout.all, replaces: Self.isStore), force: force)
    // What cannot be copied is made before any of it is kept.
    let sequences = try directory.create(CaptureLayout.sequences)
    let tokens = try directory.create(CaptureLayout.tokens)
    let states = try directory.create(CaptureLayout.states)
    let exponents = try directory.create(CaptureLayout.exponents)
    let teacher = try directory.create(CaptureLayout.teacher)
    self.directory = directory
    self.target = target
    self.configuration = configuration
    self.limit = limit
    self.sequences = sequences
    self.tokens = tokens
    self.states = states
    self.exponents = exponents
    self.teacher = teacher
  }

  /// Whether the directory calls itself a store and holds nothing else.
  @Sendable private static func isStore(_ path: String) -> Bool {
    let manifest = try? FileSystem.readJSON(
      "\(path)/\(CaptureLayout.manifest)", limit: CaptureManifest.largest)
    return (try? manifest?.required("schema").string()) == CaptureManifest.schema
      && (try? FileSystem.entries(of: path))?.allSatisfy(CaptureLayout.all.contains) == true
  }

  /// - Parameters:
  ///   - states: the hidden states at each depth, `[length, hidden]`.
  ///   - top: the teacher's logits at every position.
  package mutating func append(
    _ text: TrainingText, states: [ScaledHalves], top: TeacherLogits
  ) throws {
    let length = text.tokens.count
    precondition(states.count == configuration.depths.count)
    precondition(
      states.allSatisfy {
        $0.positions == length && $0.halves.count == length * configuration.hiddenSize
      })
    precondition(top.logSumExp.count == length && top.ids.count == length * configuration.topK)
    try checkLimit(adding: SequenceRecord.bytes + length * configuration.bytesPerToken)
    try sequences.write(SequenceRecord(text).encoded)
    try Self.write(text.tokens.map { UInt32($0).littleEndian }, to: &tokens)
    for depth in states {
      try Self.write(depth.halves.map(\.littleEndian), to: &self.states)
      try Self.write(depth.exponents, to: &exponents)
    }
    try Self.write(top.ids.map(\.littleEndian), to: &teacher)
    try Self.write(top.logits.map(\.bitPattern.littleEndian), to: &teacher)
    try Self.write(top.logSumExp.map(\.bitPattern.littleEndian), to: &teacher)
    sequenceCount += 1
    tokenCount += length
  }

  private func checkLimit(adding bytes: Int) throws {
    let written =
      sequences.count + tokens.count + states.count + exponents.count + teacher.count
    guard written + bytes <= limit else {
      throw OutputError(
        path: target, reason: "it would take more than the \(limit) bytes allowed")
    }
  }

  private static func write<Element>(_ values: [Element], to sink: inout FileSink) throws {
    try values.withUnsafeBytes { try sink.write($0) }
  }

  /// Writes the manifest and publishes the store.
  package consuming func finish(key: String, settings: JSON) throws {
    let manifest = CaptureManifest(
      key: key, configuration: configuration, sequences: sequenceCount, tokens: tokenCount,
      digests: [
        try sequences.finish(), try tokens.finish(), try states.finish(),
        try exponents.finish(), try teacher.finish(),
      ], settings: settings)
    var sink = try directory.create(CaptureLayout.manifest)
    try sink.write(Array((manifest.json.text() + "\n").utf8))
    _ = try sink.finish()
    try directory.publish()
  }
}
