/// Rows of a matrix that were copied one by one into memory of their own, so that the kernels read them as a matrix.
struct GatheredRows {
  /// Memory that neither moves nor changes while a matrix or another copy of the rows refers to it.
  private final class Memory {
    let bytes: UnsafeMutableRawPointer

    init(count: Int) { bytes = .allocate(byteCount: max(1, count), alignment: 64) }
    deinit { bytes.deallocate() }
  }

  private let source: Matrix
  private var memory: Memory
  private var capacity: Int
  private(set) var count = 0

  init(of source: Matrix, capacity: Int = 64) {
    self.source = source
    self.capacity = capacity
    memory = Memory(count: capacity * source.rowBytes)
  }

  /// Appends the row of this index in the source.
  mutating func append(_ row: Int) {
    let isFull = count == capacity
    if isFull { capacity *= 2 }
    if isFull || !isKnownUniquelyReferenced(&memory) { move() }
    source.copyRow(row, to: memory.bytes + count * source.rowBytes)
    count += 1
  }

  private mutating func move() {
    let other = Memory(count: capacity * source.rowBytes)
    other.bytes.copyMemory(from: memory.bytes, byteCount: count * source.rowBytes)
    memory = other
  }

  mutating func removeLast(_ number: Int) { count -= number }

  /// The first rows as a matrix.
  func prefix(_ count: Int) -> Matrix {
    precondition((0...self.count).contains(count))
    return Matrix(like: source, rows: count, bytes: memory.bytes, owner: memory)
  }
}
