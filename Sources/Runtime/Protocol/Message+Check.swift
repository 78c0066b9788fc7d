import CleaveModel

extension Message.Open {
  /// Checks that the edge has the same model and split as the cloud, computes alike, and uses a known encoding.
  ///
  /// - Throws: `MessageError` with the code of the first difference.
  func check(_ cloud: Manifest, _ numerics: Numerics) throws(MessageError) {
    try Message.checkVersion(version)
    guard modelID == cloud.modelID.hexadecimalBytes else {
      throw MessageError(
        "the edge bundle was cut from another model than this cloud bundle", code: .differentModel)
    }
    guard cloud.takesTokens || firstExit == cloud.blocks.lowerBound else {
      throw MessageError(
        "the edge's first exit is after block \(firstExit), this cloud begins after"
          + " \(cloud.blocks.lowerBound)", code: .differentSplit)
    }
    guard hiddenSize == cloud.configuration.hiddenSize else {
      throw MessageError(
        "the edge's states are \(hiddenSize) wide, this cloud's \(cloud.configuration.hiddenSize)",
        code: .differentSplit)
    }
    guard self.numerics == numerics else {
      throw MessageError(
        "the edge computes with \(self.numerics), this cloud with \(numerics)",
        code: .differentNumerics)
    }
    guard encodings.contains(where: cloud.takenEncodings.contains) else {
      throw MessageError(
        "states as \(encodings); this cloud reads \(cloud.takenEncodings)"
          + (cloud.takesTokens
            ? ", because it holds all blocks: `run --upload tokens`, without --codec"
            : encodings == [.tokens]
              ? "; tokens go to a bundle of `partition --cloud-blocks all`" : ""),
        code: .encoding)
    }
    try feedback?.check(cloud, version)
  }
}

extension Message {
  /// - Throws: `MessageError` for a version that this cloud does not speak.
  package static func checkVersion(_ version: UInt32) throws(MessageError) {
    guard versions.contains(version) else {
      throw MessageError(
        "protocol \(version); this cloud speaks \(versions.lowerBound) to \(versions.upperBound)",
        code: .protocolVersion)
    }
  }
}

extension Message.Feedback {
  /// The packings of states that come back.
  package static let formats: [StatesEncoding.Format] = [.float32, .float16, .int8]

  /// Checks that the cloud has the depth and knows the format.
  fileprivate func check(_ cloud: Manifest, _ version: UInt32) throws(MessageError) {
    guard version >= 4 else {
      throw MessageError("states to come back in protocol \(version); expected 4 or later")
    }
    let (first, last) = (cloud.blocks.lowerBound + 1, cloud.configuration.blockCount)
    guard depth >= first, depth <= last else {
      throw MessageError(
        "states of depth \(depth) to come back; this cloud has those of \(first) to \(last)")
    }
    guard Self.formats.contains(format) else {
      throw MessageError(
        "states to come back as \(format.rawValue); this cloud packs"
          + " \(Self.formats.map(\.rawValue))", code: .encoding)
    }
  }
}

extension Message.States {
  /// Unpacks the states.
  ///
  /// - Returns: `[count, hidden]`, every number finite.
  /// - Throws: `MessageError` for a count, encoding or bytes that do not follow the protocol.
  package func decode(hiddenSize: Int) throws(MessageError) -> [Float] {
    guard (1...Message.mostPositions).contains(Int(count)) else {
      throw MessageError("states of \(count) positions; expected 1 to \(Message.mostPositions)")
    }
    guard StatesEncoding.all.contains(encoding) else {
      throw MessageError(
        "states as \(encoding); this cloud reads \(StatesEncoding.all)", code: .encoding)
    }
    let codec = StatesCodec(encoding.format, hiddenSize: hiddenSize)
    let bytes = encoding.isCompressed ? try codec.decompress(data, count: Int(count)) : data
    return try codec.decode(bytes, count: Int(count))
  }
}

extension Message.States {
  /// Checks that the data are no larger than states of its positions can be, so that they may be charged by these
  /// before they are unpacked.
  func checkSize(hiddenSize: Int) throws(MessageError) {
    let most = Int(count) * hiddenSize * MemoryLayout<Float>.size + Self.frameBytes
    guard data.count <= most else {
      throw MessageError("\(data.count) bytes for \(count) positions; expected at most \(most)")
    }
  }

  /// What a zstd frame may add to bytes that it cannot compress.
  private static var frameBytes: Int { 1 << 15 }
}

extension Message.Ask {
  /// Checks sampling and drafts.
  func check() throws(MessageError) {
    guard sampling.temperature >= 0, sampling.temperature.isFinite, sampling.topK >= 0,
      sampling.topP > 0, sampling.topP <= 1
    else {
      throw MessageError(
        "temperature \(sampling.temperature), top-p \(sampling.topP); expected at least 0, and"
          + " above 0 up to 1")
    }
    guard drafts.count <= Message.mostDrafts, drafts.count < position else {
      throw MessageError(
        "\(drafts.count) drafts before position \(position); expected fewer, at most"
          + " \(Message.mostDrafts)")
    }
  }
}

extension String {
  /// The bytes of a hexadecimal number, two digits each. The manifest has checked the digits.
  var hexadecimalBytes: [UInt8] {
    let digits = utf8.map { UInt8($0 < 0x3A ? $0 - 0x30 : $0 - 0x57) }
    return stride(from: 0, to: digits.count - 1, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
  }
}
