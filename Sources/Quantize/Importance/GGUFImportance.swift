import CleaveStorage

/// Reads the importance matrices that llama.cpp writes as GGUF: for each matrix `NAME` the tensors
/// `NAME.in_sum2`, sums of squared inputs, `[experts or 1, columns]`, and `NAME.counts`, how many
/// inputs they are of.
enum GGUFImportance {
  private static let (sums, counts, plainSums) = (".in_sum2", ".counts", ".in_sum")

  /// The vectors by the names of their matrices in GGUF.
  static func vectors(in path: String) throws -> [String: ImportanceVector] {
    let gguf = try GGUFFile(path: path)
    try check(gguf)
    var sums: [String: Tensor] = [:]
    var counts: [String: Tensor] = [:]
    for tensor in try gguf.tensors() {
      guard tensor.type == .f32, tensor.shape.count <= 2 else {
        throw refuse(tensor, "\(tensor.type.rawValue) of shape \(tensor.shape)", "F32 \(expected)")
      }
      if let name = tensor.name.without(ending: Self.sums) {
        sums[name] = tensor
      } else if let name = tensor.name.without(ending: Self.counts) {
        counts[name] = tensor
      } else if tensor.name.without(ending: plainSums) == nil {
        throw refuse(tensor, "a tensor of another kind", expected)
      }
    }
    if let alone = counts.keys.filter({ sums[$0] == nil }).min(), let tensor = counts[alone] {
      throw refuse(tensor, "no \(alone)\(Self.sums) beside it", "both")
    }
    return try Dictionary(
      uniqueKeysWithValues: sums.map { ($0, try vector($1, counts[$0], named: $0)) })
  }

  private static var expected: String { "NAME\(sums) or NAME\(counts)" }

  private static func check(_ gguf: GGUFFile) throws {
    let key = "general.type"
    let type = try gguf.required(gguf.string(key), key)
    guard type == "imatrix" else {
      throw InputError(
        file: gguf.file.path, location: key, found: "\"\(type)\"",
        expected: "\"imatrix\", as llama-imatrix writes it")
    }
    _ = try gguf.int("imatrix.chunk_count")
    _ = try gguf.int("imatrix.chunk_size")
    _ = try gguf.strings("imatrix.datasets")
  }

  private static func vector(
    _ sums: Tensor, _ counts: Tensor?, named name: String
  ) throws -> ImportanceVector {
    guard let counts else { throw refuse(sums, "no \(name)\(Self.counts) beside it", "both") }
    let rows = TensorShape.elementCount(counts.shape) ?? 0
    guard rows > 0, rows == sums.rows, sums.range.count > 0 else {
      throw refuse(
        counts, "\(rows) counts for sums of shape \(sums.shape)", "one for each row of sums")
    }
    var vector = ImportanceVector(name: counts.name, file: counts.file, range: counts.range)
    let values = try vector.means()
    vector = ImportanceVector(
      name: sums.name, file: sums.file, range: sums.range, counts: values)
    return vector
  }

  private static func refuse(_ tensor: Tensor, _ found: String, _ expected: String) -> InputError {
    InputError(
      file: tensor.file.path, location: tensor.name, found: found, expected: expected)
  }
}
