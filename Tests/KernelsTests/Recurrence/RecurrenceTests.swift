import CleaveKernels
import Glibc
import Testing

extension Kernels {
  /// Mixers with a state: the same bits in every variant, batch and number of threads.
  @Suite struct Recurrence {
    private static let rows = 12

    /// Runs a convolution over a text in pieces, with what is kept between them.
    private static func convolved(
      _ x: [Float], _ weights: [Float], width: Int, taps: Int, pieces: [Int], silu: Bool,
      pool: OpaquePointer? = nil
    ) -> [Float] {
      var kept = [Float](repeating: .nan, count: rows * (width + 1))
      var out = [Float](repeating: .nan, count: x.count)
      var first = 0
      for piece in pieces {
        let input = Array(x[first * width..<(first + piece) * width])
        var result = [Float](repeating: .nan, count: piece * width)
        kept.withUnsafeMutableBufferPointer {
          var span = ck_kept_span(
            kept: $0.baseAddress, rows: rows, row_width: width + 1, first_position: first,
            column: 0, columns: piece)
          ck_short_convolution(
            pool, &span, 1, input, width, weights, taps, silu ? 1 : 0, &result)
          ck_keep_rows(&span, 1, input, width, 0)
        }
        out.replaceSubrange(first * width..<(first + piece) * width, with: result)
        first += piece
      }
      return out
    }

    @Test(arguments: [1, 7, 16, 600], [2, 3, 4]) func convolutionsAgree(width: Int, taps: Int) {
      var random = Random(width)
      let (x, weights) = (random.floats(31 * width), random.floats(taps * width))
      for silu in [false, true] {
        func run(_ pieces: [Int], _ pool: OpaquePointer? = nil) -> [Float] {
          Self.convolved(
            x, weights, width: width, taps: taps, pieces: pieces, silu: silu, pool: pool)
        }
        expectAgreement("convolution of \(width)") { run([31]) }
        let expected = run([31])
        #expect(firstDifference(run([1, 1, 2, 20, 7]), expected) == nil)
        #expect(firstDifference(withPool(3) { run([31], $0) }, expected) == nil)
        let last = (0..<taps).reduce(Float(0)) { sum, tap in
          (weights[tap * width] * x[(31 - taps + tap) * width]) + sum
        }
        #expect(silu || abs(expected[30 * width] - last) < 1e-4)
      }
    }

    private struct Net {
      let sizes = ck_delta_net(key_heads: 2, value_heads: 4, key_dim: 12, value_dim: 32)
      let columns = 23
      var mixed: [Float]
      var decay: [Float]
      var write: [Float]
      var width: Int { 2 * 2 * 12 + 4 * 32 }
      var stateSize: Int { 4 * 12 * 32 }

      init() {
        var random = Random(3)
        mixed = random.floats(23 * (2 * 2 * 12 + 4 * 32))
        decay = random.floats(23 * 4, scale: 2)
        write = random.floats(23 * 4, scale: 2)
        let (rate, bias) = (random.floats(4), random.floats(4))
        ck_delta_gates(&decay, &write, rate, bias, 4, 23)
        ck_delta_normalize(nil, sizes, &mixed, 23)
      }

      /// The outputs, then the state, then both checkpoints.
      func run(_ pieces: [Int], interval: Int = 0, pool: OpaquePointer? = nil) -> [Float] {
        var states = [Float](repeating: 0, count: 3 * stateSize)
        var out = [Float](repeating: .nan, count: columns * 4 * 32)
        states.withUnsafeMutableBufferPointer { states in
          let base = states.baseAddress!
          var first = 0
          for piece in pieces {
            var span = ck_delta_span(
              state: base, checkpoints: (base + stateSize, base + 2 * stateSize),
              interval: interval, first_position: first, column: first, columns: piece)
            ck_delta_rule(pool, sizes, &span, 1, mixed, decay, write, &out)
            first += piece
          }
        }
        return out + states
      }
    }

    @Test func deltaRulesAgree() {
      expectAgreement("delta gates and rule") {
        let net = Net()
        return net.mixed + net.decay + net.write + net.run([23], interval: 5)
      }
      let net = Net()
      let expected = net.run([23], interval: 5)
      #expect(firstDifference(net.run([1, 4, 2, 16], interval: 5), expected) == nil)
      #expect(
        firstDifference(withPool(3) { net.run([23], interval: 5, pool: $0) }, expected) == nil)
      let outputs = net.columns * 4 * 32
      #expect(
        firstDifference(Array(net.run([23])[..<outputs]), Array(expected[..<outputs])) == nil)
    }

    /// The state after 20 positions of 23 is the even checkpoint of every 5.
    @Test func checkpointsAreStatesOnTheWay() {
      let net = Net()
      let all = net.run([23], interval: 5)
      let some = net.run([20])
      let size = net.stateSize
      let state = some[(some.count - 3 * size)..<(some.count - 2 * size)]
      #expect(Array(state) == Array(all[(all.count - 2 * size)..<(all.count - size)]))
    }

    /// Against the rule written down directly, in doubles.
    @Test func theDeltaRuleIsTheFormula() {
      let net = Net()
      let out = net.run([23])
      for head in 0..<4 {
        var state = [[Double]](repeating: Array(repeating: 0, count: 32), count: 12)
        for column in 0..<net.columns {
          let row = net.mixed[column * net.width..<(column + 1) * net.width].map(Double.init)
          let (q, k) = (
            Array(row[head / 2 * 12..<head / 2 * 12 + 12]),
            Array(row[24 + head / 2 * 12..<24 + head / 2 * 12 + 12])
          )
          let g = Double(net.decay[column * 4 + head]), b = Double(net.write[column * 4 + head])
          for lane in 0..<32 {
            for i in 0..<12 { state[i][lane] *= g }
            let seen = (0..<12).reduce(0.0) { $0 + state[$1][lane] * k[$1] }
            let delta = (row[48 + head * 32 + lane] - seen) * b
            for i in 0..<12 { state[i][lane] += k[i] * delta }
            let expected = (0..<12).reduce(0.0) { $0 + state[$1][lane] * q[$1] }
            #expect(abs(Double(out[column * 128 + head * 32 + lane]) - expected) < 1e-5)
          }
        }
      }
    }

    @Test func gatesAreTheFormula() {
      let raw: [Float] = [-30, -3, 0, 0.5, 4, 25]
      for value in raw {
        var (decay, write) = ([value], [value])
        ck_delta_gates(&decay, &write, [0.25], [0.125], 1, 1)
        let x = Double(value) + 0.125
        let soft = x > 20 ? x : (1 + x.exponential).logarithm
        #expect(abs(Double(decay[0]) - (-(0.25.exponential) * soft).exponential) < 1e-5)
        #expect(abs(Double(write[0]) - 1 / (1 + (-Double(value)).exponential)) < 1e-6)
      }
    }
  }
}

extension Double {
  fileprivate var exponential: Double { Glibc.exp(self) }
  fileprivate var logarithm: Double { Glibc.log(self) }
}
