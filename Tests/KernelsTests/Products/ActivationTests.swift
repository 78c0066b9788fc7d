import CleaveKernels
import Testing

extension Kernels {
  /// ck_quantize_activations, by its definition and on all variants.
  @Suite struct Activations {
    /// The definition of CleaveActivations.h, for finite values.
    static func judged(_ x: [Float]) -> (scale: Float, q: [Int]) {
      let largest = x.map(abs).max()!
      guard largest >= 1e-30 else { return (0, x.map { _ in 0 }) }
      let inverse = 127 / largest
      return (largest / 127, x.map { Int(($0 * inverse).rounded(.toNearestOrEven)) })
    }

    static func expectDefinition(_ x: [Float], _ block: ck_activations, _ what: String) {
      let (scale, q) = judged(x)
      #expect(block.scale == scale, "\(what)")
      #expect(block.integers.map { Int($0) } == q, "\(what)")
      #expect(Int(block.sums.0) == q[..<16].reduce(0, +), "\(what)")
      #expect(Int(block.sums.1) == q[16...].reduce(0, +), "\(what)")
      #expect(block.offset == scale * Float(q.reduce(0, +)), "\(what)")
    }

    @Test func byDefinition() {
      var random = Random(21)
      for size in [Float(1e-29), 0.003, 1, 900, 1e37] {
        let x = random.floats(7 * 96, scale: size)
        for variant in ["scalar"] + variants {
          let blocks = under(variant) { quantized(x, k: 96) }
          for (i, block) in blocks.enumerated() {
            Self.expectDefinition(Array(x[i * 32..<(i + 1) * 32]), block, "\(variant) \(size)")
          }
        }
      }
    }

    @Test func onTheEdges() {
      for variant in ["scalar"] + variants {
        for edge in EdgeBlock.finite {
          let block = under(variant) { quantized(edge.values, k: 32)[0] }
          Self.expectDefinition(edge.values, block, "\(variant) \(edge.name)")
        }
      }
    }

    @Test func tiesGoToEven() {
      let q = quantized(EdgeBlock.finite[0].values, k: 32)[0].integers
      #expect(q[..<11] == [127, 0, 2, 2, 0, -2, -2, 126, -126, -126, 4])
    }

    /// The largest activation becomes exactly 127, however 127 / largest is rounded.
    @Test func theLargestIs127() {
      var random = Random(22)
      for _ in 0..<2000 {
        let largest = Float(bitPattern: UInt32(random.next() % 0x6000_0000) + 0x1000_0000)
        let block = quantized([largest, -largest] + random.floats(30, scale: 0), k: 32)[0]
        #expect(block.integers[0] == 127 && block.integers[1] == -127, "\(largest)")
      }
    }

    @Test func notFiniteShowsInTheScale() {
      for variant in ["scalar"] + variants {
        for edge in EdgeBlock.notFinite {
          let block = under(variant) { quantized(edge.values, k: 32)[0] }
          #expect(block.scale.isNaN && block.offset.isNaN, "\(variant) \(edge.name)")
          #expect(block.integers.allSatisfy { $0 == 0 }, "\(variant) \(edge.name)")
          #expect(block.sums == (0, 0), "\(variant) \(edge.name)")
        }
      }
    }

    @Test func variantsAgree() {
      var random = Random(23)
      // Every order of magnitude, and all the edges.
      let magnitudes = (0..<250).flatMap { exponent in
        random.floats(32, scale: Float(bitPattern: UInt32(exponent) << 23))
      }
      let x = magnitudes + (EdgeBlock.finite + EdgeBlock.notFinite).flatMap(\.values)
      expectAgreement("quantize") { quantized(x, k: x.count).flatMap(\.flat) }
    }

    @Test(arguments: [1, 2, 8, 9, 33]) func columnsAndThreadsDoNotShow(columns: Int) {
      var random = Random(columns)
      let x = random.floats(columns * 64)
      let alone = (0..<columns).flatMap { quantized(Array(x[$0 * 64..<($0 + 1) * 64]), k: 64) }
      for threads in [1, 2, 3, 5] {
        let all = withPool(threads) { quantized(x, k: 64, pool: $0) }
        #expect(firstDifference(all.flatMap(\.flat), alone.flatMap(\.flat)) == nil)
      }
    }
  }
}
