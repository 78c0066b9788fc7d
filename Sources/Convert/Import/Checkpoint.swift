import CleaveModel
import CleaveStorage

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
  /// Where this format has a weight.
  func location(of weight: WeightName) -> WeightLocation
  func tensor(named name: String) throws -> Tensor?
  /// Checks that tensors left out of `tensorNames` say nothing that the others do not.
  func validateDroppedTensors() throws
}

extension Checkpoint {
  func validateDroppedTensors() throws {}

  /// Checks that the checkpoint holds exactly the weights its configuration asks for, of the right
  /// shapes, before anything is written.
  func validateTensors() throws {
    let weights = WeightName.all(in: configuration)
    let expected = Set(weights.flatMap { location(of: $0).tensors })
    let missing = expected.subtracting(tensorNames).sorted()
    guard missing.isEmpty else {
      throw InputError(
        file: source, location: "tensors", found: "\(missing.count) missing: \(shortList(missing))",
        expected: "every weight of \(configuration.blockCount) \(configuration.architecture) blocks"
      )
    }
    let unexpected = tensorNames.subtracting(expected).sorted()
    guard unexpected.isEmpty else {
      throw InputError(
        file: source, location: "tensors",
        found: "\(unexpected.count) unexpected: \(shortList(unexpected))",
        expected: "only the weights of a \(configuration.architecture) model")
    }
    for weight in weights { _ = try weightSource(weight) }
    try validateDroppedTensors()
  }

  /// The weight under its artifact name, in this tool's layout, its shape checked against the
  /// configuration.
  func weightSource(_ weight: WeightName) throws -> WeightSource {
    let location = location(of: weight)
    let shape = weight.shape(in: configuration)
    var stored = location.shape ?? shape
    if let rows = location.rows { stored[0] = rows.together }
    if location.tensors.count > 1 { stored[0] /= location.tensors.count }
    let tensors = try location.tensors.map { try checked($0, shape: stored, for: weight) }
    if location.offset != 0 {
      return .floats(try tensors[0].widened().map { $0 + location.offset }, name: weight.text)
    }
    if tensors.count == 1, location.rows == nil, location.rowOrder == nil, location.shape == nil {
      return WeightSource(tensors[0], name: weight.text)
    }
    guard tensors.allSatisfy({ $0.type == tensors[0].type }) else {
      throw InputError(
        file: source, location: location.tensors[0],
        found: "other types in the tensors that follow it",
        expected: "one type, \(tensors[0].type.rawValue), for all parts of \(weight.text)")
    }
    return WeightSource(
      rowsOf: tensors, from: location.rows?.first ?? 0, shape: shape, name: weight.text,
      rowOrder: location.rowOrder)
  }

  private func checked(_ name: String, shape: [Int], for weight: WeightName) throws -> Tensor {
    guard let tensor = try tensor(named: name) else {
      throw InputError(
        file: source, location: name, found: "no such tensor",
        expected: "the tensor \(name)")
    }
    guard tensor.shape == shape else {
      throw InputError(
        file: tensor.file.path, location: name, found: "shape \(tensor.shape)",
        expected: "\(shape), by the configuration")
    }
    guard !weight.isVector || !tensor.type.isQuantized else {
      throw InputError(
        file: tensor.file.path, location: name, found: "type \(tensor.type.rawValue)",
        expected: "a float type for a vector")
    }
    return tensor
  }
}

/// The first few names, and how many more.
func shortList(_ names: [String], limit: Int = 12) -> String {
  let shown = names.prefix(limit).joined(separator: ", ")
  return names.count > limit ? "\(shown), and \(names.count - limit) more" : shown
}
