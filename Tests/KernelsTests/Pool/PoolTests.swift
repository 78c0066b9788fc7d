import CleaveKernels
import Testing

/// A pool that threads share, which is safe although Swift cannot know it of a C pointer.
private struct Shared: @unchecked Sendable { let pool: OpaquePointer? }

extension Kernels {
  @Suite struct Pool {
    static let type = BlockType.named("F32")

    /// A product with a known answer: weights 1 in every row.
    static func sums(_ pool: OpaquePointer?, rows: Int, of x: [Float]) -> [Float] {
      let one = withUnsafeBytes(of: Float(1)) { Array($0) }
      let weights = (0..<rows * x.count).flatMap { _ in one }
      let matrix = Matrix(type: type, rows: rows, bytes: weights)
      return project([matrix], x, k: x.count, integers: false, pool: pool)
    }

    @Test func threadsAreCounted() {
      #expect(ck_pool_threads(nil) == 1)
      for threads in [1, 2, 7] { withPool(threads) { #expect(ck_pool_threads($0) == threads) } }
    }

    @Test(arguments: [1, 2, 3, 16]) func manySmallJobs(threads: Int) {
      withPool(threads) { pool in
        for job in 0..<400 {
          let rows = 1 + job % 70
          let y = Self.sums(pool, rows: rows, of: [Float(job), 1])
          #expect(y == [Float](repeating: Float(job + 1), count: rows))
        }
      }
    }

    @Test func createdAndDestroyedAgainAndAgain() {
      for turn in 0..<300 {
        withPool(1 + turn % 6) { pool in
          if turn % 2 == 0 { #expect(Self.sums(pool, rows: 40, of: [3, 4])[39] == 7) }
        }
      }
    }

    @Test(arguments: [true, false]) func scratchGrows(integers: Bool) {
      var random = Random(11)
      withPool(2) { pool in
        for k in [32, 4096, 64, 9600, 320] {
          let matrix = random.matrix(.named("Q8_0"), rows: 50, k: k)
          let x = random.floats(6 * k)
          let y = project([matrix], x, k: k, integers: integers, pool: pool)
          let expected = project([matrix], x, k: k, integers: integers)
          #expect(firstDifference(y, expected) == nil)
        }
      }
    }

    @Test func callersQueueUp() async {
      let shared = Shared(pool: ck_pool_create(3))
      await withTaskGroup(of: Bool.self) { group in
        for caller in 0..<6 {
          group.addTask {
            (0..<100).allSatisfy { job in
              let value = Float(caller * 1000 + job)
              return Self.sums(shared.pool, rows: 50, of: [value, 1])
                == [Float](repeating: value + 1, count: 50)
            }
          }
        }
        for await right in group { #expect(right) }
      }
      ck_pool_destroy(shared.pool)
    }
  }
}
