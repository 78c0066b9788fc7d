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
