import CleaveModel

extension Message.Open {
  /// Checks that the edge has the same model and split as the cloud, computes alike, and uses a known encoding.
  ///
  /// - Throws: `MessageError` with the code of the first difference.
  func check(_ cloud: Manifest, _ numerics: Numerics) throws(MessageError) {
    guard version == Message.version else {
      throw MessageError(
        "protocol \(version); this cloud speaks \(Message.version)", code: .protocolVersion)
    }
    guard modelID == cloud.modelID.hexadecimalBytes else {
      throw MessageError(
        "the edge bundle was cut from another model than this cloud bundle", code: .differentModel)
    }
    guard firstExit == cloud.blocks.lowerBound else {
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
    guard encodings.contains(where: StatesEncoding.all.contains) else {
      throw MessageError(
        "states as \(encodings); this cloud reads \(StatesEncoding.all)", code: .encoding)
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
