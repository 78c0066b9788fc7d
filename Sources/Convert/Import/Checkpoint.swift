import CleaveModel
import CleaveStorage

/// A published model to import, independent of its file format. Opening one checks the
/// configuration first, then the tokenizer, then the tensors' headers, so that an unsupported model
/// is refused by name. No tensor data is read.
protocol Checkpoint {
  /// The path the user gave.
  var source: String { get }
  /// The files whose contents go into the artifact, for its provenance.
  var files: [String] { get }
  var configuration: ModelConfiguration { get }
  var tokenizer: ImportedTokenizer { get }
  /// The names of all tensors that hold weights.
  var tensorNames: Set<String> { get }
  /// What the import does not carry over, or does otherwise, for the artifact's provenance.
  var remarks: [ImportRemark] { get }
  /// The licence that the checkpoint states; nil where it states none.
  var license: SourceLicense? { get }
  /// The tensors and rows of this format that hold a weight.
  func location(of weight: WeightName) -> WeightLocation
  func tensor(named name: String) throws -> Tensor?
  /// Checks that tensors left out of `tensorNames` hold no information of their own.
  func validateDroppedTensors() throws
  /// The name of the scheme in which a package stored quantized weights; nil if none did.
  var quantization: String? { get }
  /// A matrix that is stored in a package's layout; nil for a tensor that is stored as it is.
  func quantizedMatrix(named name: String) throws -> (any QuantizedMatrix)?
  /// A tensor of floats as a matrix beside those of a package's layout.
  func floatMatrix(named name: String) throws -> (any QuantizedMatrix)?
}

extension Checkpoint {
  var remarks: [ImportRemark] { [] }

  func validateDroppedTensors() throws {}
  var quantization: String? { nil }
  func quantizedMatrix(named name: String) throws -> (any QuantizedMatrix)? { nil }
  func floatMatrix(named name: String) throws -> (any QuantizedMatrix)? { nil }

  /// Checks that the checkpoint holds exactly the weights its configuration requires, in the right
  /// shapes, before anything is written.
  ///
  /// - Throws: `InputError` that lists missing or unexpected tensors.
  func validateTensors() throws {
    let weights = WeightName.all(in: configuration)
    let present = tensorNames
    let expected = try expectedTensors(of: weights, present)
    let unexpected = present.subtracting(expected).sorted()
    guard unexpected.isEmpty else {
      throw InputError(
        file: source, location: "tensors",
        found: "\(unexpected.count) unexpected: \(NameList.short(unexpected))",
        expected: "only weights of a \(configuration.architecture) model")
    }
    for weight in weights { _ = try weightSource(weight) }
    try validateDroppedTensors()
  }

  /// How many missing tensors are listed: a few bytes of a configuration ask for millions of experts.
  private var mostMissing: Int { 1 << 14 }

  /// The names of the tensors that hold the weights, all of them present.
  private func expectedTensors(
    of weights: [WeightName], _ present: Set<String>
  ) throws -> Set<String> {
    var expected: Set<String> = []
    var isWhole = true
    for weight in weights {
      expected.formUnion(location(of: weight).tensors)
      isWhole = expected.count <= present.count + mostMissing
      if !isWhole { break }
    }
    let missing = expected.subtracting(present).sorted()
    guard missing.isEmpty else {
      throw InputError(
        file: source, location: "tensors",
        found: "\(isWhole ? "" : "at least ")\(missing.count) missing: \(NameList.short(missing))",
        expected: "every weight of \(configuration.blockCount) \(configuration.architecture) blocks"
      )
    }
    return expected
  }

  /// A weight under its artifact name and in artifact layout, its shape checked against the
  /// configuration.
  func weightSource(_ weight: WeightName) throws -> WeightSource {
    if let quantized = try quantizedWeight(weight) { return quantized.source(as: .f32) }
    let location = location(of: weight)
    let shape = weight.shape(in: configuration)
    let stored = storedShape(location, shape)
    let tensors = try location.tensors.map { try checked($0, shape: stored, for: weight) }
    if location.offset != 0 || location.divisor != 1 {
      let values = try tensors[0].widened()
      let order = location.rowOrder
      return .floats(
        values.indices.map { (values[order?($0) ?? $0] + location.offset) / location.divisor },
        name: weight.text)
    }
    if let columns = location.columns {
      return try columns.source(of: tensors[0], shape: shape, name: weight.text)
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

  /// The shape of each of a weight's tensors in the file.
  private func storedShape(_ location: WeightLocation, _ shape: [Int]) -> [Int] {
    var stored = location.shape ?? shape
    if let rows = location.rows { stored[0] = rows.together }
    if location.tensors.count > 1 { stored[0] /= location.tensors.count }
    return stored
  }

  /// A weight that is stored in a package's layout, its shape checked against the configuration;
  /// nil for one whose tensors are stored as they are.
  func quantizedWeight(_ weight: WeightName) throws -> QuantizedWeight? {
    guard quantization != nil, !weight.isVector else { return nil }
    let location = location(of: weight)
    let found = try location.tensors.map { try quantizedMatrix(named: $0) }
    guard found.contains(where: { $0 != nil }) else { return nil }
    let stored = storedShape(location, weight.shape(in: configuration))
    let matrices = try zip(location.tensors, found).compactMap { name, matrix in
      try matrix ?? floatMatrix(named: name)
    }
    for matrix in matrices where [matrix.rows, matrix.columns] != stored {
      throw matrix.origin.refuse(
        "a matrix of shape \([matrix.rows, matrix.columns])",
        expected: "\(stored), by the configuration")
    }
    return QuantizedWeight(
      name: weight.text, kind: weight.kind, shape: weight.shape(in: configuration),
      matrices: matrices, first: location.rows?.first ?? 0, rowOrder: location.rowOrder)
  }

  private func checked(_ name: String, shape: [Int], for weight: WeightName) throws -> Tensor {
    guard let tensor = try tensor(named: name) else {
      throw InputError(
        file: source, location: name, found: "no tensor of this name",
        expected: "a tensor of shape \(shape)")
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

extension WeightName {
  /// The weight's name without the number of its block.
  var kind: String {
    if case .block(_, let weight) = self { return weight.text }
    return text
  }
}
