import CleaveStorage
import CleaveRuntime
import CleaveStorage
import CleaveTrain
import Testing

/// AdamW against plain doubles, and the rate it is given.
@Suite struct OptimizerTests {
  /// One tensor of AdamW, as Loshchilov & Hutter write it.
  private struct Reference {
    var weights: [Double]
    let decay: Double
    var first: [Double]
    var second: [Double]

    init(_ weights: [Float], decay: Double) {
      self.weights = weights.map(Double.init)
      self.decay = decay
      first = weights.map { _ in 0 }
      second = first
    }

    mutating func step(_ gradient: [Double], number: Int, rate: Double) {
      let (one, two) = (1 - power(0.9, number), 1 - power(0.98, number))
      for index in weights.indices {
        first[index] = 0.9 * first[index] + 0.1 * gradient[index]
        second[index] = 0.98 * second[index] + 0.02 * gradient[index] * gradient[index]
        let way = first[index] / one / ((second[index] / two).squareRoot() + 1e-8)
        weights[index] -= rate * (way + decay * weights[index])
      }
    }

    private func power(_ base: Double, _ exponent: Int) -> Double {
      (0..<exponent).reduce(1) { product, _ in product * base }
    }
  }

  @Test(arguments: [1, 3]) func stepsAreThoseOfPlainDoubles(threads: Int) throws {
    let workers = Workers(try ThreadPool(threads: threads))
    let parameters = Parameters([("matrix", [7, 5]), ("vector", [9])])
    var random = CounterRandom(seed: 3)
    func floats(_ count: Int, _ scale: Double) -> [Float] {
      (0..<count).map { _ in Float((2 * random.uniform() - 1) * scale) }
    }
    let start = floats(44, 1)
    parameters.values.copy(start)
    var matrix = Reference(Array(start[..<35]), decay: 0.1)
    var vector = Reference(Array(start[35...]), decay: 0)
    let optimizer = AdamW(decay: 0.1, largestNorm: 2)
    // Above and below the largest norm.
    for (step, scale) in [3, 0.1, 30, 0.01].enumerated() {
      let gradient = floats(44, scale)
      parameters.gradients.copy(gradient)
      let norm = gradient.reduce(0.0) { $0 + Double($1) * Double($1) }.squareRoot()
      #expect((norm > 2) == (scale > 1), "both cases are there")
      let found = optimizer.gradientNorm(parameters, workers)
      optimizer.step(parameters, step: step, rate: 0.05, norm: found, workers)
      #expect(abs(found - norm) < 1e-9 * norm)
      let clipped = gradient.map { Double($0) * min(1, 2 / norm) }
      matrix.step(Array(clipped[..<35]), number: step + 1, rate: 0.05)
      vector.step(Array(clipped[35...]), number: step + 1, rate: 0.05)
      #expect(parameters.gradients.array(0..<44).allSatisfy { $0 == 0 })
      for (found, expected) in zip(parameters.values.array(0..<44), matrix.weights + vector.weights)
      {
        #expect(abs(Double(found) - expected) < 1e-5, "step \(step)")
      }
    }
    for (buffer, expected) in [
      (parameters.firstMoments, matrix.first + vector.first),
      (parameters.secondMoments, matrix.second + vector.second),
    ] {
      for (found, expected) in zip(buffer.array(0..<44), expected) {
        #expect(abs(Double(found) - expected) < 1e-5 * max(1, expected))
      }
    }
  }

  @Test func theBitsDoNotDependOnThreads() throws {
    func stepped(_ threads: Int) throws -> [Float] {
      let parameters = Parameters([("a", [300, 170]), ("b", [33]), ("c", [90, 11])])
      let count = parameters.values.count
      var random = CounterRandom(seed: 4)
      let workers = Workers(try ThreadPool(threads: threads))
      for step in 0..<2 {
        parameters.gradients.copy((0..<count).map { _ in Float(random.uniform() - 0.5) })
        let norm = AdamW().gradientNorm(parameters, workers)
        AdamW().step(parameters, step: step, rate: 0.01, norm: norm, workers)
      }
      return parameters.values.array(0..<count)
    }
    let one = try stepped(1)
    #expect(try stepped(2) == one && stepped(3) == one)
  }

  @Test func theRateRisesThenFallsAsACosine() {
    let schedule = LearningSchedule(rate: 2, warmUp: 4, steps: 104, floor: 0.1)
    for (step, rate) in [
      (0, 0.5), (1, 1), (3, 2), (4, 2), (29, 1.736396103067893), (54, 1.1), (104, 0.2), (5000, 0.2),
    ] {
      #expect(abs(schedule.rate(at: step) - rate) < 1e-12, "step \(step)")
    }
    let rates = (0..<104).map(schedule.rate)
    #expect(zip(rates[..<4], rates[1..<4]).allSatisfy { $0 < $1 })
    #expect(zip(rates[4...], rates[5...]).allSatisfy { $0 > $1 })
    #expect(LearningSchedule(rate: 3, warmUp: 0, steps: 1).rate(at: 0) == 3)
    #expect(LearningSchedule(rate: 3, warmUp: 1, steps: 1).rate(at: 0) == 3)
  }
}
