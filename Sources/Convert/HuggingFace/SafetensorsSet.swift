import CleaveStorage

/// The safetensors files of a model directory: one file, or shards with an index of the tensors in
/// each. The index and the shards' headers must list exactly the same tensors.
struct SafetensorsSet {
  static let single = "model.safetensors"
  static let index = "model.safetensors.index.json"

  let directory: String
  let paths: [String]
  private let entries: [String: (file: SafetensorsFile, entry: SafetensorsFile.Entry)]

  var names: Set<String> { Set(entries.keys) }

  init(directory: String) throws {
    let single = "\(directory)/\(Self.single)"
    let index = "\(directory)/\(Self.index)"
    switch (FileSystem.exists(single), FileSystem.exists(index)) {
    case (true, false):
      try self.init(files: [try SafetensorsFile(path: single)], directory: directory)
    case (false, true):
      try self.init(index: try FileSystem.readJSON(index, limit: 1 << 28), directory: directory)
    case (true, true):
      throw InputError(
        file: directory, found: "both \(Self.single) and \(Self.index)", expected: "one of them",
        advice: "Remove the one that is not meant.")
    case (false, false):
      throw InputError(
        file: directory, found: "neither \(Self.single) nor \(Self.index)",
        expected: "the weights as safetensors",
        advice: "Weights in .bin or .pth files: save them with safe_serialization=True.")
    }
  }

  private init(files: [SafetensorsFile], directory: String) throws {
    self.directory = directory
    paths = files.map(\.file.path)
    var entries: [String: (file: SafetensorsFile, entry: SafetensorsFile.Entry)] = [:]
    for file in files {
      for entry in file.entries where entries.updateValue((file, entry), forKey: entry.name) != nil
      {
        throw InputError(
          file: file.file.path, location: entry.name, found: "a second tensor of that name",
          expected: "every name once, in any spelling of Unicode")
      }
    }
    self.entries = entries
  }

  private init(index: JSONNode, directory: String) throws {
    let mapNode = try index.required("weight_map")
    let map = try mapNode.members().map { (tensor: $0.name, shard: try $0.node.string()) }
    let shards = Set(map.map(\.shard)).sorted()
    for shard in shards where !Self.isFileName(shard) {
      throw mapNode.refuse(
        expected: "names of files in the same directory", found: "\"\(shard)\"")
    }
    let files = try shards.map { shard -> SafetensorsFile in
      guard FileSystem.exists("\(directory)/\(shard)") else {
        throw mapNode.refuse(expected: "shards that are there", found: "\(shard), which is not")
      }
      return try SafetensorsFile(path: "\(directory)/\(shard)")
    }
    let headers = zip(shards, files).map { (shard: $0, names: Set($1.entries.map(\.name))) }
    try Self.reconcile(map, headers, mapNode)
    try self.init(files: files, directory: directory)
  }

  private static func isFileName(_ text: String) -> Bool {
    !text.isEmpty && !text.hasPrefix(".") && !text.utf8.contains { $0 == 0x2F || $0 == 0 }
  }

  /// Checks that each tensor in the index is in the shard it names, and that no shard holds others.
  private static func reconcile(
    _ map: [(tensor: String, shard: String)], _ headers: [(shard: String, names: Set<String>)],
    _ node: JSONNode
  ) throws {
    let homes = Dictionary(
      headers.flatMap { header in header.names.map { ($0, [header.shard]) } }, uniquingKeysWith: +)
    let claimed = Set(map.map { "\($0.shard)\u{0}\($0.tensor)" })
    var missing: [String] = []
    var misplaced: [String: String] = [:]
    for (tensor, shard) in map {
      guard let home = homes[tensor] else {
        missing.append(tensor)
        continue
      }
      if !home.contains(shard) { misplaced[tensor] = "\(tensor) (in \(home[0]), not \(shard))" }
    }
    let extra = headers.flatMap { header in
      header.names
        .filter { !claimed.contains("\(header.shard)\u{0}\($0)") && misplaced[$0] == nil }
        .map { "\($0) (in \(header.shard))" }
    }
    let faults = [("missing", missing), ("misplaced", Array(misplaced.values)), ("extra", extra)]
      .filter { !$0.1.isEmpty }
      .map { "\($0.1.count) \($0.0): \(NameList.short($0.1.sorted()))" }
    guard faults.isEmpty else {
      throw node.refuse(
        expected: "exactly the tensors of the shards' headers",
        found: faults.joined(separator: "; "))
    }
  }

  /// The header's entry of a tensor of any type; nil if there is none.
  func entry(named name: String) -> (file: SafetensorsFile, entry: SafetensorsFile.Entry)? {
    entries[name]
  }

  /// The tensor with a name; nil if there is none.
  ///
  /// - Throws: `InputError` for a data type that weights cannot have.
  func tensor(named name: String) throws -> Tensor? {
    guard let (file, entry) = entries[name] else { return nil }
    guard let type = entry.dtype.tensorType else {
      throw InputError(
        file: file.file.path, location: name, found: "dtype \(entry.dtype.rawValue)",
        expected: "F32, F16 or BF16")
    }
    return try Tensor(
      name: name, type: type, shape: entry.shape, file: file.file, range: entry.range)
  }
}
