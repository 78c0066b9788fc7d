package enum TensorShape {
  /// The product of the dimensions, or nil when one is negative or the product overflows.
  package static func elementCount(_ shape: [Int]) -> Int? {
    var count = 1
    for dimension in shape {
      let (product, overflow) = count.multipliedReportingOverflow(by: dimension)
      guard dimension >= 0, !overflow else { return nil }
      count = product
    }
    return count
  }

  /// The bytes of a tensor whose rows are whole blocks, or nil.
  package static func byteCount(_ shape: [Int], type: TensorType) -> Int? {
    guard let elements = elementCount(shape) else { return nil }
    guard (shape.last ?? 1) % type.blockElements == 0 else { return nil }
    return type.byteCount(elements: elements)
  }
}
