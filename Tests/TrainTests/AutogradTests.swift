import CleaveTrain
import Testing

/// Losses, gradients and steps beside those of torch, whose autograd knows nothing of ours.
@Suite struct AutogradTests {
  private static let cases = ["tails", "adapters", "feedback"]

  @Test(arguments: cases) func lossesAndGradientsAreTorchs(_ name: String) throws {
    try check(name, .float32, loss: 1e-6, gradient: 1e-4)
  }

  @Test(
    .enabled(if: TrainingPrecision.bf16.isSupported, "this processor has no bfloat16"),
    arguments: cases)
  func roundedFactorsCostLittle(_ name: String) throws {
    try check(name, .bf16, loss: 2e-3, gradient: 0.03)
  }

  private func check(
    _ name: String, _ precision: TrainingPrecision, loss tolerance: Double, gradient share: Double
  ) throws {
    let golden = try GradientGolden(name, precision: precision)
    for settings in try golden.node.required("losses").elements() {
      let loss = try settings.required("name").string()
      golden.network.parameters.clearGradients()
      let expected = try settings.required("losses").elements().map { try $0.number() }
      let losses = try golden.losses(settings)
      #expect(losses.count == expected.count)
      for (ours, torchs) in zip(losses, expected) {
        #expect(abs(ours - torchs) < tolerance * torchs, "\(loss): \(ours), torch \(torchs)")
      }
      for entry in golden.network.parameters.entries {
        let gradient = try golden.expected("gradient.\(loss).\(entry.name)")
        let distance = GradientGolden.distance(golden.gradient(entry), gradient)
        #expect(distance < share, "\(loss), \(entry.name): \(distance) away")
      }
    }
  }

  /// Gradient, clipping, AdamW with decay of matrices alone: the parameters after some steps.
  @Test(arguments: cases) func stepsAreTorchs(_ name: String) throws {
    let golden = try GradientGolden(name, precision: .float32)
    let steps = try golden.node.required("steps"), chosen = try steps.required("loss").string()
    let settings = try golden.node.required("losses").elements().first {
      try $0.required("name").string() == chosen
    }
    let optimizer = AdamW(
      decay: Float(try steps.required("decay").number()),
      largestNorm: try steps.required("largest_norm").number())
    let before = golden.network.parameters.entries.map(golden.value)
    for step in 0..<(try steps.required("count").int()) {
      _ = try golden.losses(try #require(settings))
      let rate = try steps.required("rate").number()
      let norm = optimizer.gradientNorm(golden.network.parameters, golden.workers)
      optimizer.step(
        golden.network.parameters, step: step, rate: rate, norm: norm, golden.workers)
    }
    for (entry, before) in zip(golden.network.parameters.entries, before) {
      func way(_ values: [Float]) -> [Float] { zip(values, before).map { $0 - $1 } }
      let distance = GradientGolden.distance(
        way(golden.value(entry)), way(try golden.expected("stepped.\(entry.name)")))
      #expect(distance < 1e-3, "\(entry.name): \(distance) of the way away")
    }
  }
}
