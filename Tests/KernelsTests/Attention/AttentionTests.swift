import CleaveKernels
import Testing

extension Kernels {
  /// ck_attention over a cache that ck_store_kv filled.
  @Suite struct Attention {
    static let types = [CK_F16, CK_F32, CK_Q8_0]
    static let widths = [8, 20, 64, 80, 128, 256]
    static let firsts = [0, 1, 63, 64, 65, 200]

    /// Numbers of queries and of heads for each key/value head alternate over widths and first positions.
    static func input(
      _ type: ck_type, width: Int, first: Int, turn: Int, spread: Float = 4
    ) -> AttentionInput {
      AttentionInput(
        type, queries: [1, 5, 33][turn % 3], first: first, heads: 2 * [1, 3, 4][turn / 3 % 3],
        kvHeads: 2, headDim: width, spread: spread)
    }

    static func expectDefinition(
      _ input: AttentionInput, _ out: [Float], _ what: String, within tolerance: Double = 2e-6
    ) {
      for query in Set([0, 1, input.queries / 2, input.queries - 1]) where query < input.queries {
        for head in 0..<input.heads {
          let at = (query * input.heads + head) * input.headDim
          let judged = input.judged(query: query, head: head)
          let worst = judged.indices.map { abs(judged[$0] - Double(out[at + $0])) }.max()!
          #expect(worst < tolerance, "\(what) query \(query) head \(head)")
        }
      }
    }

    @Test(arguments: widths, firsts) func byDefinition(width: Int, first: Int) {
      for type in Self.types {
        for turn in 0..<9 where (turn + width / 4 + first) % 2 == 0 {
          let input = Self.input(type, width: width, first: first, turn: turn)
          Self.expectDefinition(input, input.run(), "\(type) turn \(turn)")
        }
      }
    }

    /// Scores far apart, so that tiles have new maxima and the old sums shrink.
    @Test(arguments: types) func largeScores(type: ck_type) {
      for variant in ["scalar"] + variants {
        let input = Self.input(type, width: 64, first: 200, turn: 4, spread: 40)
        let out = under(variant) { input.run() }
        for query in [0, 4] {
          for head in 0..<input.heads {
            let at = (query * input.heads + head) * 64
            for (d, judged) in input.judged(query: query, head: head).enumerated() {
              #expect(abs(judged - Double(out[at + d])) < 2e-5, "\(variant) query \(query)")
            }
          }
        }
      }
    }

    @Test(arguments: widths, firsts) func variantsAgree(width: Int, first: Int) {
      for (i, type) in Self.types.enumerated() {
        for turn in [(first + i) % 3, 3 + (first + i + 1) % 3, 6 + (first + i + 2) % 3] {
          let input = Self.input(type, width: width, first: first, turn: turn)
          expectAgreement("\(type) turn \(turn)") { input.run() }
        }
      }
    }

    static let windows = [1, 3, 30, 63, 64, 65, 130, 1000]

    /// Windows that begin inside a tile, at its edge, before everything, and at the query itself.
    @Test(arguments: windows, firsts) func windowsByDefinition(window: Int, first: Int) {
      for (turn, width) in [8, 20, 64, 80].enumerated() {
        let input = AttentionInput(
          Self.types[(turn + first) % 3], queries: [1, 5, 33, 70][(turn + first) % 4], first: first,
          heads: [2, 6][turn / 2], kvHeads: 2, headDim: width, window: window)
        expectAgreement("width \(width)") { input.run() }
        Self.expectDefinition(input, input.run(), "width \(width)")
      }
    }

    /// Caps and sinks, alone and together, with scores far apart.
    @Test(arguments: [(Float(0), true), (3, false), (3, true), (50, true)], firsts)
    func capsAndSinksByDefinition(form: (cap: Float, hasSinks: Bool), first: Int) {
      for (turn, width) in [8, 20, 64, 80].enumerated() {
        let heads = [2, 6][turn / 2]
        var input = AttentionInput(
          Self.types[(turn + first) % 3], queries: [1, 5, 33, 70][(turn + first) % 4], first: first,
          heads: heads, kvHeads: 2, headDim: width, spread: 12,
          window: [0, 40][(turn + first) % 2])
        input.cap = form.cap
        if form.hasSinks { input.sinks = Array([-20, 30, -1, 0, 0.5, 3].prefix(heads)) }
        expectAgreement("width \(width)") { input.run() }
        Self.expectDefinition(input, input.run(), "width \(width)", within: 1e-5)
      }
    }

    /// Positions before the window do not change a bit.
    @Test(arguments: types) func beforeTheWindowNothingCounts(type: ck_type) {
      let input = AttentionInput(
        type, queries: 1, first: 299, heads: 4, kvHeads: 2, headDim: 16, window: 100)
      let other = input.cache(until: 300)
      var random = Random(52)
      other.store(k: random.floats(200 * 32), v: random.floats(200 * 32), at: 0)
      for variant in ["scalar"] + variants {
        under(variant) {
          let (left, right) = (input.run(), input.run(0..<1, other))
          #expect(firstDifference(left, right) == nil, "\(variant)")
        }
      }
    }

    @Test(arguments: firsts, [0, 40]) func queriesAndThreadsDoNotShow(first: Int, window: Int) {
      for (turn, type) in (Self.types + Self.types).enumerated() {
        // One query alone takes a row, or three together.
        let input = AttentionInput(
          type, queries: 7, first: first, heads: [3, 9][turn / 3], kvHeads: 3, headDim: 36,
          window: window)
        for variant in ["scalar"] + variants {
          under(variant) {
            // A query alone sees a cache in which the later positions do not even exist.
            let alone = (0..<7).flatMap {
              input.run($0..<$0 + 1, input.cache(until: first + $0 + 1))
            }
            for threads in [1, 2, 3, 5] {
              let together = withPool(threads) { input.run(pool: $0) }
              #expect(firstDifference(together, alone) == nil, "\(variant), \(threads) threads")
            }
            let some = [0..<2, 2..<3, 3..<7].flatMap {
              input.run($0, input.cache(until: first + $0.upperBound))
            }
            #expect(firstDifference(some, alone) == nil, "\(variant)")
          }
        }
      }
    }

    @Test(arguments: types) func staleSlotsDoNotShow(type: ck_type) {
      for first in Self.firsts {
        let input = Self.input(type, width: 20, first: first, turn: 4)
        for variant in ["scalar"] + variants {
          under(variant) {
            let clean = input.run(garbage: 0)
            #expect(clean.allSatisfy { $0.isFinite })
            // NaN, infinity-like and large patterns.
            for garbage in [UInt8(0xff), 0x7c, 0x7f, 0x7b] {
              let out = input.run(garbage: garbage)
              #expect(firstDifference(out, clean) == nil, "\(variant) first \(first) \(garbage)")
            }
          }
        }
      }
    }

    /// A cache that was rolled back, as after a draft that was not accepted.
    @Test(arguments: types) func laterPositionsAreOverwritten(type: ck_type) {
      let input = AttentionInput(
        type, queries: 5, first: 60, heads: 4, kvHeads: 2, headDim: 16)
      let cache = Cache(type, positions: 128, kvHeads: 2, headDim: 16)
      var random = Random(51)
      cache.store(k: random.floats(128 * 32), v: random.floats(128 * 32), at: 0)
      cache.store(k: input.keys, v: input.values, at: 0)
      #expect(firstDifference(input.run(0..<5, cache), input.run()) == nil)
    }
  }
}
