import CleaveStorage

/// The rates of a machine as its data sheet states them.
package struct DeclaredCosts: Sendable, Equatable {
  /// Bytes that memory gives in a second.
  package var bytesPerSecond: Double
  /// Operations in a second on 8-bit integers, a multiplication with its addition counted as two: the products of
  /// quantized weights.
  package var int8OperationsPerSecond: Double
  /// Operations in a second on float numbers, counted alike.
  package var floatOperationsPerSecond: Double
  /// Seconds of a block that do not depend on its size.
  package var block: Double

  package init(
    bytesPerSecond: Double, int8OperationsPerSecond: Double, floatOperationsPerSecond: Double,
    block: Double
  ) {
    self.bytesPerSecond = bytesPerSecond
    self.int8OperationsPerSecond = int8OperationsPerSecond
    self.floatOperationsPerSecond = floatOperationsPerSecond
    self.block = block
  }

  /// The rates of some of the threads: operations fall with them, memory gives as much to fewer.
  func scaled(by share: Double) -> DeclaredCosts {
    var scaled = self
    scaled.int8OperationsPerSecond *= share
    scaled.floatOperationsPerSecond *= share
    return scaled
  }

  /// Seconds for each weight of a product: its bytes from memory, or its operations if they take longer.
  func weight(_ type: TensorType, columns: Double) -> Double {
    let bytes = Double(type.blockBytes) / Double(type.blockElements)
    let rate = type.isQuantized ? int8OperationsPerSecond : floatOperationsPerSecond
    return max(bytes / bytesPerSecond, 2 * max(1, columns) / rate)
  }

  /// Seconds for each query position and cached position of a block. Each query reads the keys and values as if
  /// it were alone, which is so for those of different sequences.
  ///
  /// - Parameters:
  ///   - query: numbers of a query.
  ///   - keyAndValue: bytes of a position's key and value.
  func attention(query: Int, keyAndValue: Int) -> Double {
    max(Double(keyAndValue) / bytesPerSecond, 4 * Double(query) / floatOperationsPerSecond)
  }

  /// Seconds for each number that is read and written.
  var value: Double { 2 * Double(MemoryLayout<Float>.size) / bytesPerSecond }
}
