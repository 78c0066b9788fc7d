import CleaveKernels
import Glibc
import Testing

extension Kernels {
  /// The loss over candidates and the optimizer's step, tested as `GradientLayers` are.
  @Suite struct GradientLosses {
    private struct Row {
      var z: [Float]
      var named: Int
      var correction: Float
      var columns: [UInt32]
      var probabilities: [Float]
      var answer: Int
      var weight: Float = 0.7
      var focus: Float = 0

      /// The gradient, then the members of ck_distilled.
      func distilled() -> (gradient: [Float], result: ck_distilled) {
        var z = z
        let result = columns.withUnsafeBufferPointer { columns in
          probabilities.withUnsafeBufferPointer { probabilities in
            var target = ck_target(
              columns: columns.baseAddress, probabilities: probabilities.baseAddress,
              count: columns.count, answer: answer, weight: weight, focus: focus)
            return ck_distill(&z, z.count, named, correction, &target)
          }
        }
        return (z, result)
      }

      var values: [Float] {
        let (gradient, result) = distilled()
        return gradient + [
          result.loss, result.answer, result.confidence, result.weight, Float(result.agrees),
        ]
      }
    }

    private func row(_ n: Int, named: Int, correction: Float, focus: Float) -> Row {
      var random = Random(n + named)
      let z = random.floats(n, scale: 12)
      let count = min(3, named)
      let columns = (0..<count).map { UInt32($0 * (named - 1) / max(1, count - 1)) }
      let probabilities = [[1], [0.7, 0.3], [0.6, 0.3, 0.1]][count - 1] as [Float]
      return Row(
        z: z, named: named, correction: correction, columns: columns,
        probabilities: probabilities, answer: Int(columns[count - 1]), focus: focus)
    }

    private func check(_ row: Row, _ what: String) {
      expectAgreement(what) { row.values }
      let (gradient, result) = row.distilled()
      let z = row.z.map(Double.init)
      let raised = z.enumerated().map { $1 + ($0 < row.named ? 0 : Double(row.correction)) }
      let sum = GradientReference.logSum(raised)
      let p = row.probabilities.map(Double.init)
      let expected = zip(row.columns, p).reduce(0.0) { $0 + z[Int($1.0)] * $1.1 }
      let answer = exp(z[row.answer] - sum)
      let weight = Double(row.weight) * pow(1 - answer, Double(row.focus))
      expectClose([result.loss], [sum - expected], "loss of \(what)", within: 1e-5)
      expectClose([result.answer], [answer], "answer of \(what)", within: 1e-5)
      expectClose([result.weight], [weight], "weight of \(what)", within: 1e-5)
      expectClose([result.confidence], [exp(z.max()! - sum)], "confidence of \(what)", within: 1e-5)
      #expect((result.agrees == 1) == (z[row.answer] == z.max()!), "\(what)")
      var slopes = raised.map { weight * exp($0 - sum) }
      for (column, share) in zip(row.columns, p) { slopes[Int(column)] -= weight * share }
      expectClose(gradient, slopes, "gradient of \(what)", within: 1e-5)
    }

    @Test(arguments: GradientLayers.lengths, [0, 1.5] as [Float])
    func distillation(n: Int, focus: Float) {
      check(row(n, named: n, correction: 0, focus: focus), "\(n) named")
      guard n > 4 else { return }
      // Samples that stand for ten others each; with a rest on either side.
      for named in [3, n / 2, n - 1] {
        check(row(n, named: named, correction: 2.3, focus: focus), "\(named) named of \(n)")
      }
    }

    @Test func agreementIsWithTheBestOfAllCandidates() {
      var best = row(40, named: 20, correction: 1, focus: 0)
      best.z[best.answer] = 13
      #expect(best.distilled().result.agrees == 1)
      best.z[33] = 13
      #expect(best.distilled().result.agrees == 1, "a tie")
      best.z[33] = 13.5
      #expect(best.distilled().result.agrees == 0, "a sample is better")
      best.z[33] = 0
      best.z[5] = 14
      #expect(best.distilled().result.agrees == 0, "another that is named is better")
    }

    /// Logits so far apart that all but one vanish, and so large that exp alone would overflow.
    @Test func extremesStayFinite() {
      var far = row(33, named: 33, correction: 0, focus: 2)
      far.z = far.z.indices.map { $0 == far.answer ? 5000 : -5000 }
      check(far, "the answer alone")
      #expect(far.distilled().result.weight == 0)
      far.z[far.answer] = -6000
      far.z[1] = 6000
      check(far, "the answer out of reach")
    }

    @Test(arguments: GradientLayers.lengths) func temperatures(n: Int) {
      var random = Random(n)
      let z = random.floats(n, scale: 10), temperatures: [Float] = [0.25, 1, 3]
      func surprises() -> [Float] {
        var out = [Float](repeating: .nan, count: 3)
        ck_tempered(z, n, n / 2, temperatures, 3, &out)
        return out
      }
      expectAgreement("surprise of \(n)", surprises)
      let expected = temperatures.map { t in
        GradientReference.logSum(z.map { Double($0) / Double(t) }) - Double(z[n / 2]) / Double(t)
      }
      for (found, expected) in zip(surprises(), expected) {
        // A difference of numbers as large as the logits over the temperature.
        #expect(abs(Double(found) - expected) < 1e-5 * max(1, expected), "of \(n)")
      }
    }

    @Test(arguments: GradientLayers.lengths) func smoothL1(n: Int) {
      var random = Random(n)
      // Differences on either side of 1, where the loss turns from a parabola into a line.
      let target = random.floats(n), y = zip(target, random.floats(n, scale: 2)).map { $0 + $1 }
      let dy = random.floats(n)
      func values() -> [Float] {
        var gradient = dy
        return [ck_smooth_l1(y, target, n, 0.7, &gradient)] + gradient
      }
      expectAgreement("smooth L1 of \(n)", values)
      let squares = target.reduce(0.0) { $0 + Double($1) * Double($1) }
      let scale = (squares / Double(n)).squareRoot()
      let differences = zip(y, target).map { (Double($0) - Double($1)) / scale }
      let losses = differences.map { abs($0) < 1 ? $0 * $0 / 2 : abs($0) - 0.5 }
      expectClose(
        [values()[0]], [losses.reduce(0, +) / Double(n)], "loss of \(n)", within: 1e-5)
      let gradient = zip(dy, differences).map {
        Double($0) + 0.7 * max(-1, min(1, $1)) / scale / Double(n)
      }
      expectClose(values()[1...], gradient, "gradient of \(n)", within: 1e-5)
    }

    /// A state of zeros has no length to measure differences with.
    @Test func smoothL1OfNothingIsLeftOut() {
      var gradient: [Float] = [1, 2, 3]
      #expect(ck_smooth_l1([1, 2, 3], [0, 0, 0], 3, 1, &gradient) == 0)
      #expect(gradient == [1, 2, 3])
    }

    @Test(arguments: GradientLayers.lengths) func optimizerSteps(n: Int) {
      var random = Random(n)
      let w = random.floats(n), g = random.floats(n, scale: 3), m = random.floats(n)
      let v = random.floats(n).map { $0 * $0 }
      var rule = ck_adamw(
        rate: 0.01, beta1: 0.9, beta2: 0.98, epsilon: 1e-8, decay: 0.1, correction1: 0.271,
        correction2: 0.0588, gradient_scale: 0.25)
      func step() -> [Float] {
        var (w, g, m, v) = (w, g, m, v)
        ck_adamw_step(&rule, n, &w, &g, &m, &v)
        return w + m + v + g
      }
      expectAgreement("step of \(n)", step)
      let found = step()
      let gradients = g.map { Double($0) * 0.25 }
      let first = zip(m, gradients).map { 0.9 * Double($0) + 0.1 * $1 }
      let second = zip(v, gradients).map { 0.98 * Double($0) + 0.02 * $1 * $1 }
      let weights = (0..<n).map { index -> Double in
        let root = (second[index] / 0.0588).squareRoot() + 1e-8
        let change: Double = 0.01 * first[index] / 0.271 / root
        return Double(w[index]) * (1 - 0.001) - change
      }
      expectClose(found[..<n], weights, "weights of \(n)", within: 1e-5)
      expectClose(found[n..<2 * n], first, "first moments of \(n)", within: 1e-5)
      expectClose(found[(2 * n)..<3 * n], second, "second moments of \(n)", within: 1e-5)
      #expect(found[(3 * n)...].allSatisfy { $0 == 0 }, "gradients are used up")
    }
  }
}
