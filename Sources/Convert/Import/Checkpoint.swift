import CleaveModel

/// A checkpoint as an importer sees it, whatever its format. Opening one reads and checks first the
/// configuration, then the tokenizer, then the tensors' headers, so that what is not supported is
/// refused by its name; no tensor's data is touched.
protocol Checkpoint {
  /// What the person named.
  var source: String { get }
  /// The files whose bytes end up in the artifact, for its provenance.
  var files: [String] { get }
  var configuration: ModelConfiguration { get }
  var tokenizer: ImportedTokenizer { get }
  /// All the tensors that stand for weights.
  var tensorNames: Set<String> { get }
  /// The name this format gives a weight.
  func checkpointName(of weight: WeightName) -> String
  func tensor(named name: String) throws -> Tensor?
  /// The tensor under its artifact name, in this tool's layout.
  func weightSource(_ tensor: Tensor, for weight: WeightName) -> WeightSource
  /// Checks that tensors left out of `tensorNames` say nothing that the others do not.
  func validateDroppedTensors() throws
}

extension Checkpoint {
  func validateDroppedTensors() throws {}

  /// Checks that the checkpoint holds exactly the weights its configuration asks for, of the right
  /// shapes, before anything is written.
  func validateTensors() throws {
    let weights = WeightName.all(in: configuration)
    let expected = Set(weights.map(checkpointName))
    let missing = expected.subtracting(tensorNames).sorted()
    guard missing.isEmpty else {
      throw InputError(
        file: source, place: "tensors", found: "\(missing.count) missing: \(shortList(missing))",
        expected: "every weight of \(configuration.blockCount) \(configuration.architecture) blocks"
      )
    }
    let unexpected = tensorNames.subtracting(expected).sorted()
    guard unexpected.isEmpty else {
      throw InputError(
        file: source, place: "tensors",
        found: "\(unexpected.count) unexpected: \(shortList(unexpected))",
        expected: "only the weights of a \(configuration.architecture) model")
    }
    for weight in weights { _ = try weightSource(weight) }
    try validateDroppedTensors()
  }

  /// The weight, its shape checked against the configuration.
  func weightSource(_ weight: WeightName) throws -> WeightSource {
    let name = checkpointName(of: weight)
    guard let tensor = try tensor(named: name) else {
      throw InputError(file: source, place: name, found: "no such tensor", expected: "it")
    }
    let shape = weight.shape(in: configuration)
    guard tensor.shape == shape else {
      throw InputError(
        file: tensor.file.path, place: name, found: "shape \(tensor.shape)",
        expected: "\(shape), by the configuration")
    }
    guard !weight.isNorm || !tensor.type.isQuantized else {
      throw InputError(
        file: tensor.file.path, place: name, found: "type \(tensor.type.rawValue)",
        expected: "a float type for a norm")
    }
    return weightSource(tensor, for: weight)
  }
}

/// The first few names, and how many more.
func shortList(_ names: [String], limit: Int = 12) -> String {
  let shown = names.prefix(limit).joined(separator: ", ")
  return names.count > limit ? "\(shown), and \(names.count - limit) more" : shown
}
