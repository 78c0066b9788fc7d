/// What a cloud says of itself before a session is opened: enough to open one without a bundle.
package struct CloudDescription: Sendable {
  /// SHA-256 of the whole model.
  package let modelID: [UInt8]
  /// The block that it begins with; 0 where it takes tokens.
  package let firstBlock: Int
  package let hiddenSize: Int
  package let numerics: Numerics
  /// The encodings that it takes, at least one.
  package let encodings: [StatesEncoding]
  /// The most positions of a session.
  package let contextLength: Int

  /// - Throws: `MessageError` for a description that no session can be opened with.
  package init(
    version: UInt32, modelID: [UInt8], firstBlock: UInt32, hiddenSize: UInt32, numerics: Numerics,
    encodings: [StatesEncoding], contextLength: UInt32
  ) throws(MessageError) {
    guard Message.versions.contains(version) else {
      throw MessageError(
        "the cloud speaks protocol \(version); expected \(Message.versions.lowerBound) to"
          + " \(Message.versions.upperBound)", code: .protocolVersion)
    }
    guard modelID.count == 32, (1...Self.widest).contains(hiddenSize), !encodings.isEmpty,
      (Self.shortest...Self.longest).contains(contextLength), firstBlock <= Self.longest
    else {
      throw MessageError(
        "the cloud describes states of \(hiddenSize) numbers in \(encodings.count) encodings, a"
          + " context of \(contextLength) and a model id of \(modelID.count) bytes; expected 1 to"
          + " \(Self.widest), at least 1, \(Self.shortest) to \(Self.longest), and 32")
    }
    self.modelID = modelID
    self.firstBlock = Int(firstBlock)
    self.hiddenSize = Int(hiddenSize)
    self.numerics = numerics
    self.encodings = encodings
    self.contextLength = Int(contextLength)
  }

  private static var widest: UInt32 { 1 << 20 }
  private static var shortest: UInt32 { 8 }
  private static var longest: UInt32 { 1 << 30 }

  /// The first message of a session with this cloud, in which nothing comes back and only the whole model answers.
  var opening: Message.Open {
    Message.Open(
      modelID: modelID, firstExit: UInt32(firstBlock), hiddenSize: UInt32(hiddenSize),
      numerics: numerics, encodings: encodings)
  }

  /// The encoding of the fewest bytes that are known beforehand.
  var smallest: StatesCodec { codecs.min { $0.positionBytes < $1.positionBytes } ?? codecs[0] }
  /// The encoding of the most bytes.
  var largest: StatesCodec { codecs.max { $0.positionBytes < $1.positionBytes } ?? codecs[0] }

  private var codecs: [StatesCodec] {
    let plain = encodings.filter { !$0.isCompressed }
    return (plain.isEmpty ? encodings : plain).map {
      StatesCodec($0.format, hiddenSize: hiddenSize)
    }
  }
}
