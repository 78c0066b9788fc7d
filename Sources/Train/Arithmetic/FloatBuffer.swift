/// Floats that stay at one address for as long as the buffer lives, zero at first. Training works in place
/// on a few large buffers. Kernels see them through `MatrixView`, which checks that it lies inside.
package final class FloatBuffer: @unchecked Sendable {
  package let count: Int
  private let storage: UnsafeMutableRawPointer

  /// The bytes of a cache line, which are also those of the kernels' widest vector.
  private static let alignment = 64

  package init(_ count: Int) {
    precondition(count >= 0 && count <= Int.max / 8)
    self.count = count
    let bytes = max(count, 1) * MemoryLayout<Float>.stride
    storage = .allocate(byteCount: bytes, alignment: Self.alignment)
    storage.initializeMemory(as: UInt8.self, repeating: 0, count: bytes)
  }

  deinit { storage.deallocate() }

  var floats: UnsafeMutableBufferPointer<Float> {
    UnsafeMutableBufferPointer(start: storage.assumingMemoryBound(to: Float.self), count: count)
  }

  /// A matrix `[rows, columns]` whose first element is at `offset`.
  ///
  /// - Parameter stride: floats from one row to the next; nil for rows without gaps.
  package func matrix(_ rows: Int, _ columns: Int, at offset: Int = 0, stride: Int? = nil)
    -> MatrixView
  {
    MatrixView(self, offset: offset, rows: rows, columns: columns, stride: stride ?? columns)
  }

  func fill(_ value: Float, in range: Range<Int>) {
    precondition(range.lowerBound >= 0 && range.upperBound <= count)
    UnsafeMutableBufferPointer(rebasing: floats[range]).update(repeating: value)
  }

  package func copy(_ values: [Float], at offset: Int = 0) {
    precondition(offset >= 0 && values.count <= count - offset)
    values.withUnsafeBufferPointer {
      guard let base = $0.baseAddress else { return }
      (floats.baseAddress! + offset).update(from: base, count: $0.count)
    }
  }

  package func array(_ range: Range<Int>) -> [Float] {
    precondition(range.lowerBound >= 0 && range.upperBound <= count)
    return Array(floats[range])
  }
}

extension FloatBuffer {
  func copy(from other: FloatBuffer) {
    precondition(count == other.count)
    guard count > 0 else { return }
    floats.baseAddress!.update(from: other.floats.baseAddress!, count: count)
  }
}
