import CleaveKernels
import CleaveStorage

/// An opened directory of captured sequences. Sequences are read one at a time and none stays in memory.
/// specs/capture.md specifies the format.
package struct CaptureStore: Sendable {
  package let path: String
  package let configuration: CaptureConfiguration
  /// The SHA-256 over model, data and settings. Two captures of one key have the same bytes.
  package let key: String
  /// The sequences, in the order of the data.
  package let sequences: [SequenceRecord]
  /// The number of tokens of all sequences.
  package let tokenCount: Int
  /// The bytes of all files but the manifest.
  package let totalBytes: Int

  private let digests: [FileDigest]
  private let tokens: RandomAccessFile
  private let states: RandomAccessFile
  private let exponents: RandomAccessFile
  private let teacher: RandomAccessFile
  /// The number of tokens before each sequence.
  private let starts: [Int]

  /// Checks everything but the sequences' contents, which `read` checks.
  ///
  /// - Throws: `InputError` for a directory that is no whole store.
  package init(opening directory: String) throws {
    guard FileSystem.isDirectory(directory) else {
      throw InputError(
        file: directory, found: FileSystem.exists(directory) ? "a file" : "nothing there",
        expected: "a capture store, a directory")
    }
    let manifest = try CaptureManifest(
      try FileSystem.readJSON(
        "\(directory)/\(CaptureLayout.manifest)", limit: CaptureManifest.largest))
    path = directory
    configuration = manifest.configuration
    key = manifest.key
    tokenCount = manifest.tokens
    digests = manifest.digests
    totalBytes = digests.reduce(0) { $0 + $1.bytes }
    let files = try zip(CaptureLayout.data, digests).map { name, digest in
      try Self.open("\(directory)/\(name)", bytes: digest.bytes)
    }
    (tokens, states, exponents, teacher) = (files[1], files[2], files[3], files[4])
    sequences = try Self.records(files[0], manifest)
    var start = 0
    starts = sequences.map { record in
      defer { start += record.length }
      return start
    }
  }

  private static func open(_ path: String, bytes: Int) throws -> RandomAccessFile {
    let file = try RandomAccessFile(path: path)
    guard file.count == bytes else {
      throw InputError(
        file: path, found: "\(file.count) bytes",
        expected: "\(bytes), as \(CaptureLayout.manifest) says")
    }
    return file
  }

  private static func records(
    _ file: RandomAccessFile, _ manifest: CaptureManifest
  ) throws -> [SequenceRecord] {
    let bytes = try file.read(UInt8.self, at: 0, count: file.count)
    let digest = FileDigest(of: bytes)
    guard digest == manifest.digests[0] else {
      throw InputError(
        file: file.path, found: "SHA-256 \(digest.sha256)",
        expected: "\(manifest.digests[0].sha256), as \(CaptureLayout.manifest) says")
    }
    let records = try (0..<manifest.sequences).map { index in
      let start = index * SequenceRecord.bytes
      return try SequenceRecord(
        bytes[start..<(start + SequenceRecord.bytes)], file: file.path, location: "record \(index)")
    }
    let tokens = records.reduce(0) { $0 + $1.length }
    guard tokens == manifest.tokens else {
      throw InputError(
        file: file.path, found: "sequences of \(tokens) tokens together",
        expected: "\(manifest.tokens), as \(CaptureLayout.manifest) says")
    }
    return records
  }

  /// The files whose SHA-256 is not the manifest's. Every byte is read.
  package func damagedFiles() throws -> [String] {
    try zip(CaptureLayout.data, digests)
      .filter { try FileDigest(ofFile: "\(path)/\($0)") != $1 }.map(\.0)
  }
}

// MARK: - Reading

extension CaptureStore {
  /// Reads a sequence. Many threads may read at once.
  ///
  /// - Throws: `InputError` when a file became shorter, and for contents that no capture has, such as ids
  ///   outside the vocabulary or numbers that are not finite.
  package func read(_ index: Int) throws -> CapturedSequence {
    let (record, start) = (sequences[index], starts[index])
    let (length, k) = (record.length, configuration.topK)
    let at = start * configuration.teacherBytes
    let logits = try floats(at: at + 4 * length * k, count: length * k, sequence: index)
    guard Self.areFalling(logits, k) else {
      throw refuse(
        teacher, index, found: "logits that rise", expected: "each position's best first")
    }
    return CapturedSequence(
      tokens: try ids(tokens, at: 4 * start, count: length, sequence: index),
      promptLength: record.promptLength,
      states: try states(at: start, length: length, sequence: index),
      topIDs: try ids(teacher, at: at, count: length * k, sequence: index),
      topLogits: logits,
      logSumExp: try floats(at: at + 8 * length * k, count: length, sequence: index))
  }

  /// Reads a sequence's tokens, and the most probable token at each of its positions, without the rest.
  ///
  /// - Returns: `[length]` each.
  /// - Throws: `InputError` as `read` does.
  func predictions(of index: Int) throws -> (tokens: [Int32], best: [Int32]) {
    let (length, start, k) = (sequences[index].length, starts[index], configuration.topK)
    let ids = try ids(
      teacher, at: start * configuration.teacherBytes, count: length * k, sequence: index)
    return (
      try self.ids(tokens, at: 4 * start, count: length, sequence: index),
      stride(from: 0, to: ids.count, by: k).map { ids[$0] }
    )
  }

  private static func areFalling(_ logits: [Float], _ k: Int) -> Bool {
    logits.indices.dropFirst().allSatisfy { $0 % k == 0 || logits[$0] <= logits[$0 - 1] }
  }

  private func ids(
    _ file: RandomAccessFile, at offset: Int, count: Int, sequence: Int
  ) throws -> [Int32] {
    let ids = try file.read(UInt32.self, at: offset, count: count)
    let highest = ids.reduce(0) { max($0, UInt32(littleEndian: $1)) }
    guard highest < configuration.vocabularySize else {
      throw refuse(
        file, sequence, found: "the id \(highest)",
        expected: "ids below \(configuration.vocabularySize)")
    }
    return ids.map { Int32(bitPattern: UInt32(littleEndian: $0)) }
  }

  private func floats(at offset: Int, count: Int, sequence: Int) throws -> [Float] {
    let values = try teacher.read(UInt32.self, at: offset, count: count)
      .map { Float(bitPattern: UInt32(littleEndian: $0)) }
    guard values.allSatisfy(\.isFinite) else {
      throw refuse(
        teacher, sequence, found: "a number that is not finite", expected: "finite numbers")
    }
    return values
  }

  private func states(at start: Int, length: Int, sequence: Int) throws -> [[Float]] {
    let (hidden, depths) = (configuration.hiddenSize, configuration.depths.count)
    return try configuration.depths.indices.map { index in
      let powers = try exponents.read(
        UInt8.self, at: start * depths + index * length, count: length)
      if let most = powers.max(), most > ScaledHalves.highestExponent {
        throw refuse(
          exponents, sequence, found: "the exponent \(most)",
          expected: "at most \(ScaledHalves.highestExponent)")
      }
      let halves = try states.read(
        UInt16.self, at: start * configuration.stateBytes + 2 * index * length * hidden,
        count: length * hidden)
      guard let scaled = ScaledHalves(halves: halves, exponents: powers) else {
        throw refuse(
          states, sequence, found: "a state that is not finite", expected: "finite numbers")
      }
      let widened = scaled.widened(hidden: hidden)
      guard widened.allSatisfy(\.isFinite) else {
        throw refuse(
          exponents, sequence, found: "an exponent that makes a state infinite",
          expected: "finite numbers")
      }
      return widened
    }
  }

  private func refuse(
    _ file: RandomAccessFile, _ sequence: Int, found: String, expected: String
  ) -> InputError {
    InputError(
      file: file.path, location: "sequence \(sequence)", found: found, expected: expected,
      advice: "The store is damaged: capture again.")
  }
}
