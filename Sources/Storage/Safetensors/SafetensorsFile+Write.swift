/// A tensor to be written: its name, how it is stored, and its bytes, given in pieces so that no
/// tensor is ever held in memory whole.
package struct WeightSource: Sendable {
  package let name: String
  package let type: TensorType
  /// Logical shape, outermost first.
  package let shape: [Int]
  /// Writes all the bytes, in order, through the given function.
  package let stream: @Sendable (_ write: (UnsafeRawBufferPointer) throws -> Void) throws -> Void

  /// Makes a tensor of bytes in memory.
  package init(name: String, type: TensorType, shape: [Int], bytes: [UInt8]) {
    self.name = name
    self.type = type
    self.shape = shape
    stream = { write in try bytes.withUnsafeBytes(write) }
  }

  /// Takes over a tensor under another name.
  package init(_ tensor: Tensor, name: String) {
    self.name = name
    type = tensor.type
    shape = tensor.shape
    stream = { write in try tensor.withBytes(write) }
  }

  /// Takes over a tensor's rows in another order, each moved whole: quantized blocks keep their bits.
  ///
  /// - Parameter rowOrder: for each row written, the row of `tensor` it is taken from.
  package init(_ tensor: Tensor, name: String, rowOrder: @escaping @Sendable (Int) -> Int) {
    self.name = name
    type = tensor.type
    shape = tensor.shape
    stream = { write in
      let rowBytes = tensor.rowBytes
      try tensor.withBytes { bytes in
        for row in 0..<tensor.rows {
          let start = rowOrder(row) * rowBytes
          try write(UnsafeRawBufferPointer(rebasing: bytes[start..<(start + rowBytes)]))
        }
      }
    }
  }

  /// Takes over rows of one tensor, or of several one after another, each moved whole: quantized blocks
  /// keep their bits.
  ///
  /// - Parameters:
  ///   - tensors: of one type and one length of rows, in any number of dimensions.
  ///   - first: the row to begin at, of a single tensor.
  ///   - shape: what the rows make.
  ///   - rowOrder: for each row written, the row it is, counted from `first`; nil for their own order.
  package init(
    rowsOf tensors: [Tensor], from first: Int, shape: [Int], name: String,
    rowOrder: (@Sendable (Int) -> Int)?
  ) {
    let (type, rowBytes) = (tensors[0].type, tensors[0].rowBytes)
    precondition(tensors.allSatisfy { $0.type == type && $0.rowBytes == rowBytes })
    precondition(tensors.count == 1 || (first == 0 && rowOrder == nil))
    self.name = name
    self.type = type
    self.shape = shape
    // A vector is rows of one element here.
    let unit = shape.count == 1 ? type.byteCount(elements: 1) ?? rowBytes : rowBytes
    let count = shape.count == 1 ? shape[0] : shape.dropLast().reduce(1, *)
    stream = { write in
      guard tensors.count == 1 else {
        for tensor in tensors { try tensor.withBytes(write) }
        return
      }
      try tensors[0].withBytes { bytes in
        guard let rowOrder else {
          let range = first * unit..<(first + count) * unit
          return try write(UnsafeRawBufferPointer(rebasing: bytes[range]))
        }
        for row in 0..<count {
          let start = (first + rowOrder(row)) * unit
          try write(UnsafeRawBufferPointer(rebasing: bytes[start..<start + unit]))
        }
      }
    }
  }

  /// Makes a tensor while it is written.
  ///
  /// - Parameter stream: writes all its bytes, in order, in pieces of any size.
  package init(
    name: String, type: TensorType, shape: [Int],
    stream: @escaping @Sendable (_ write: (UnsafeRawBufferPointer) throws -> Void) throws -> Void
  ) {
    self.name = name
    self.type = type
    self.shape = shape
    self.stream = stream
  }

  /// The bytes that the tensor takes in a file.
  package var byteCount: Int {
    guard let count = TensorShape.byteCount(shape, type: type) else {
      preconditionFailure("\(name): a shape that was never checked")
    }
    return count
  }

  /// The dtype and shape under which safetensors stores it: blocks are bytes, `[rows, row bytes]`.
  package var stored: (dtype: SafetensorsDType, shape: [Int]) {
    TensorRecord(name: name, type: type, shape: shape).stored
  }
}

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
