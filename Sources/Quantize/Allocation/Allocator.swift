import CleaveKernels
import CleaveModel
import CleaveRuntime
import CleaveStorage

/// Measures the sensitivity of each matrix and allocates types within a budget of bits.
struct Allocator {
  let artifact: Artifact
  let candidates: [TensorType]
  /// The types that are already decided, by matrix name. They count towards the budget.
  let fixed: [String: TensorType]
  let texts: [[Int]]
  let pool: ThreadPool
  let progress: (_ done: Int, _ total: Int) -> Void

  private typealias Matrix = (name: WeightName, tensor: Tensor)

  /// - Parameter bitsPerWeight: the bits per weight on average over all weights of the model,
  ///   including norms.
  /// - Throws: `SettingError` if the smallest types do not fit the budget.
  func run(bitsPerWeight: Double) throws -> Allocation {
    let all = try weights()
    let matrices = all.filter { !$0.name.staysFloat }
    let options = try matrices.map { try fitting($0.tensor) }
    let count = all.reduce(0) { $0 + elements($1.tensor) }
    let norms = all.filter(\.name.staysFloat).reduce(0) { $0 + $1.tensor.range.count }
    let least = zip(matrices, options).reduce(norms) { $0 + bytes($1.0.tensor, $1.1[0]) }
    let budget = Int(bitsPerWeight * Double(count) / 8)
    guard least <= budget else { throw unreachable(bitsPerWeight, least: least, elements: count) }
    let sensitivity = try Sensitivity(artifact, texts: texts, pool: pool)
    var probes: [Probe] = []
    for (index, matrix) in matrices.enumerated() {
      probes.append(try probe(matrix, options[index], sensitivity))
      progress(index + 1, matrices.count)
    }
    guard let chosen = Knapsack.solve(probes.map(\.options), budget: budget - norms) else {
      preconditionFailure("the smallest options were seen to fit")
    }
    let choices = zip(probes, chosen).map { probe, index in
      Allocation.Choice(
        name: probe.name, type: probe.types[index], divergence: probe.divergence,
        probe: probe.types[0], predicted: probe.options[index].loss)
    }
    return Allocation(choices: choices, tokens: texts.reduce(0) { $0 + $1.count })
  }

  private func weights() throws -> [Matrix] {
    var tensors: [String: Tensor] = [:]
    for file in artifact.manifest.files where !file.tensors.isEmpty {
      tensors.merge(try artifact.tensors(in: file.path)) { $1 }
    }
    return WeightName.all(in: artifact.manifest.configuration).compactMap { name in
      tensors[name.text].map { (name, $0) }
    }
  }

  private func elements(_ tensor: Tensor) -> Int { tensor.rows * tensor.rowElements }

  private func bytes(_ tensor: Tensor, _ type: TensorType) -> Int {
    tensor.rows * (type.byteCount(elements: tensor.rowElements) ?? 0)
  }

  /// The candidate types whose blocks fill the matrix's rows, smallest first.
  private func fitting(_ tensor: Tensor) throws -> [TensorType] {
    if let type = fixed[tensor.name] { return [type] }
    let types = TensorType.allCases.filter {
      candidates.contains($0) && tensor.rowElements % $0.blockElements == 0
    }
    guard !types.isEmpty else {
      throw InputError(
        file: artifact.path, location: tensor.name, found: "rows of \(tensor.rowElements)",
        expected: "whole blocks of one of \(candidates.map(\.rawValue).joined(separator: ", "))",
        advice: "Add a type with smaller blocks to --types; F16 fits everything.")
    }
    return types.sorted { (bytes(tensor, $0), $0.ggmlID) < (bytes(tensor, $1), $1.ggmlID) }
  }

  /// - Parameter least: the size in bytes of the smallest types and the norms.
  private func unreachable(_ bitsPerWeight: Double, least: Int, elements: Int) -> SettingError {
    // Rounded up, so that the number in the message can be used as a target.
    let reachable = (8000 * Double(least) / Double(elements)).rounded(.up) / 1000
    return SettingError(
      .bitsPerWeight, value: "\(bitsPerWeight)",
      found: "types that take no less than \(reachable) bits, norms included",
      expected: "a target they can reach", advice: "Add smaller types to --types.")
  }

  /// The options of one matrix. The loss is measured for the coarsest type; for the others it is
  /// assumed proportional to their weighted squared error.
  private struct Probe {
    let name: String
    let types: [TensorType]
    let divergence: Double
    let options: [Knapsack.Option]
  }

  private func probe(
    _ matrix: Matrix, _ types: [TensorType], _ sensitivity: Sensitivity
  ) throws -> Probe {
    let importance = sensitivity.importance[matrix.name.text]
    let rounding = RoundingMeasurement(tensor: matrix.tensor, importance: importance, pool: pool)
    let divergence = try sensitivity.divergence(
      with: try rounding.quantized(types[0]), for: matrix.name)
    let errors = try types.map { try rounding.error($0) }
    let options = zip(types, errors).map { type, error in
      Knapsack.Option(
        bytes: bytes(matrix.tensor, type),
        loss: errors[0] > 0 ? max(0, divergence) * error / errors[0] : 0)
    }
    return Probe(
      name: matrix.name.text, types: types, divergence: divergence, options: options)
  }
}
