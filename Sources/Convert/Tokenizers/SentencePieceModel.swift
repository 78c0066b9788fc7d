import CleaveStorage

/// A `tokenizer.model` file: SentencePiece's ModelProto
/// (https://github.com/google/sentencepiece/blob/master/src/sentencepiece_model.proto).
package struct SentencePieceModel {
  private enum Algorithm: UInt64 {
    case unigram = 1
    case bpe, word, character
  }

  package let file: String
  package private(set) var pieces: [SentencePieceVocabulary.Piece] = []
  private var algorithm = Algorithm.unigram.rawValue
  package private(set) var addsSpace = true
  private var removesExtraSpaces = true
  private(set) var hasByteFallback = false
  private var charsmapBytes = 0
  private var normalizer = ""

  /// Whether the model is Unigram; otherwise it is BPE.
  package var isUnigram: Bool { algorithm == Algorithm.unigram.rawValue }

  private static let largestFile = 1 << 26

  package init(path: String) throws {
    let bytes = try FileSystem.read(path, limit: Self.largestFile)
    do {
      try self.init(bytes, file: path)
    } catch let error as InputError {
      let prefix = Array(bytes.prefix(FileKind.prefixBytes))
      guard let kind = FileKind(prefix, count: bytes.count) else { throw error }
      throw kind.refusal(file: path, expected: "a SentencePiece model")
    }
  }

  package init(_ bytes: [UInt8], file: String) throws {
    self.file = file
    var reader = ProtobufReader(bytes[...], file: file, location: "model")
    while let (field, value) = try reader.next() {
      guard case .bytes(let message) = value else { continue }
      switch field {
      case 1: pieces.append(try piece(message))
      case 2: try readTrainer(message)
      case 3: try readNormalizer(message)
      default: break
      }
    }
    try check()
  }

  func refuse(_ location: String, _ found: String, _ expected: String) -> InputError {
    InputError(file: file, location: location, found: found, expected: expected)
  }

  private func piece(_ bytes: ArraySlice<UInt8>) throws -> SentencePieceVocabulary.Piece {
    let location = "pieces[\(pieces.count)]"
    guard pieces.count < 1 << 24 else { throw refuse(location, "more", "at most 2^24 pieces") }
    var piece = SentencePieceVocabulary.Piece(text: "", score: 0, kind: .normal)
    var reader = ProtobufReader(bytes, file: file, location: location)
    while let (field, value) = try reader.next() {
      switch (field, value) {
      case (1, .bytes(let text)):
        guard let text = String(validating: text, as: UTF8.self) else {
          throw refuse(location, "bytes that are not UTF-8", "UTF-8 text")
        }
        piece.text = text
      case (2, .fixed32(let bits)): piece.score = Float(bitPattern: bits)
      case (3, .varint(let number)):
        guard number < 7, let kind = SentencePieceVocabulary.Kind(rawValue: Int(number)) else {
          throw refuse(location, "the type \(number)", "1 to 6")
        }
        piece.kind = kind
      default: break
      }
    }
    return piece
  }

  private mutating func readTrainer(_ bytes: ArraySlice<UInt8>) throws {
    var reader = ProtobufReader(bytes, file: file, location: "trainer_spec")
    while let (field, value) = try reader.next() {
      switch (field, value) {
      case (3, .varint(let number)): algorithm = number
      case (35, .varint(let flag)): hasByteFallback = flag != 0
      default: break
      }
    }
  }

  private mutating func readNormalizer(_ bytes: ArraySlice<UInt8>) throws {
    var reader = ProtobufReader(bytes, file: file, location: "normalizer_spec")
    while let (field, value) = try reader.next() {
      switch (field, value) {
      case (1, .bytes(let name)): normalizer = String(decoding: name, as: UTF8.self)
      case (2, .bytes(let map)): charsmapBytes = map.count
      case (3, .varint(let flag)): addsSpace = flag != 0
      case (4, .varint(let flag)): removesExtraSpaces = flag != 0
      default: break
      }
    }
  }

  private func check() throws {
    guard !pieces.isEmpty else { throw refuse("pieces", "none", "a vocabulary") }
    guard algorithm == Algorithm.bpe.rawValue || isUnigram else {
      let name = Algorithm(rawValue: algorithm).map { "\($0)" } ?? "\(algorithm)"
      throw refuse("trainer_spec.model_type", name, "bpe or unigram")
    }
    guard charsmapBytes == 0 else {
      throw refuse(
        "normalizer_spec.precompiled_charsmap", "a map named \(normalizer.debugDescription)",
        "identity: no map")
    }
    guard !removesExtraSpaces else {
      throw refuse("normalizer_spec.remove_extra_whitespaces", "true", "false")
    }
    try checkPieces()
  }
}
