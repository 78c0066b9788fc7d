extension SafetensorsFile {
  /// The alignment in bytes of the beginning of the data, so that mapped floats are aligned for every kernel.
  private static let dataAlignment = 64

  /// Writes a file that the reference parser accepts. The order is by falling alignment, then name,
  /// as in the reference; the same tensors always give the same bytes.
  ///
  /// - Parameter metadata: texts for the header, under distinct names.
  /// - Returns: the tensors in the order written, and the file's digest.
  package static func write(
    _ tensors: [WeightSource], metadata: [(name: String, value: String)] = [], to path: String
  ) throws -> (records: [TensorRecord], digest: FileDigest) {
    var sink = try FileSink(creating: path)
    let records = try write(tensors, metadata: metadata, into: &sink)
    return (records, try sink.finish())
  }

  /// Writes the tensors into an open file.
  ///
  /// - Returns: the tensors in the order written.
  package static func write(
    _ tensors: [WeightSource], metadata: [(name: String, value: String)] = [],
    into sink: inout FileSink
  ) throws -> [TensorRecord] {
    let ordered = inFileOrder(tensors)
    try sink.write(header(of: ordered, metadata: metadata))
    for tensor in ordered {
      let start = sink.count
      try tensor.stream { try sink.write($0) }
      precondition(sink.count - start == tensor.byteCount, "\(tensor.name): wrong byte count")
    }
    return ordered.map { TensorRecord(name: $0.name, type: $0.type, shape: $0.shape) }
  }

  /// The bytes of the file that `write` makes of such tensors.
  package static func byteCount(of tensors: [TensorRecord]) -> Int {
    let sources = tensors.map {
      WeightSource(name: $0.name, type: $0.type, shape: $0.shape, stream: { _ in })
    }
    return header(of: inFileOrder(sources), metadata: []).count
      + sources.reduce(0) { $0 + $1.byteCount }
  }

  private static func inFileOrder(_ tensors: [WeightSource]) -> [WeightSource] {
    tensors.sorted { (-$0.stored.dtype.bits, $0.name) < (-$1.stored.dtype.bits, $1.name) }
  }

  /// The bytes before the data: the header's length, the JSON, and spaces up to the alignment.
  private static func header(
    of tensors: [WeightSource], metadata: [(name: String, value: String)]
  ) -> [UInt8] {
    var members: [JSONObject.Member] = []
    if !metadata.isEmpty {
      let texts = metadata.map { ($0.name, JSON.string($0.value)) }
      members.append(("__metadata__", .object(JSONObject(texts))))
    }
    var offset = 0
    for tensor in tensors {
      let start = offset
      offset += tensor.byteCount
      members.append((tensor.name, entry(tensor, range: start..<offset)))
    }
    var text = Array(JSON.object(JSONObject(members)).text(pretty: false).utf8)
    while (8 + text.count) % dataAlignment != 0 { text.append(UInt8(ascii: " ")) }
    return withUnsafeBytes(of: UInt64(text.count).littleEndian, Array.init) + text
  }

  private static func entry(_ tensor: WeightSource, range: Range<Int>) -> JSON {
    let stored = tensor.stored
    return [
      "dtype": .string(stored.dtype.rawValue),
      "shape": .array(stored.shape.map { .integer(Int64($0)) }),
      "data_offsets": [.integer(Int64(range.lowerBound)), .integer(Int64(range.upperBound))],
    ]
  }
}
