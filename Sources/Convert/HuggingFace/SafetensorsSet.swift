import CleaveStorage

/// The safetensors files of a model directory: one file, or shards that an index names. As in
/// transformers, the one file goes before an index, and of an index only the names of the shards
/// count: their headers say what they hold.
struct SafetensorsSet {
  static let single = "model.safetensors"
  static let index = "model.safetensors.index.json"

  let directory: String
  let paths: [String]
  /// The path of the index, if it was read.
  private(set) var indexPath: String?
  private let entries: [String: (file: SafetensorsFile, entry: SafetensorsFile.Entry)]

  /// The names of all tensors, rising.
  private let sorted: [String]

  var names: Set<String> { Set(entries.keys) }

  init(directory: String) throws {
    let single = "\(directory)/\(Self.single)"
    let index = "\(directory)/\(Self.index)"
    if FileSystem.exists(single) {
      try self.init(files: [try SafetensorsFile(path: single)], directory: directory)
    } else if FileSystem.exists(index) {
      try self.init(index: try FileSystem.readJSON(index, limit: 1 << 28), directory: directory)
    } else {
      throw WeightFiles(in: directory).missing("neither \(Self.single) nor \(Self.index)")
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
    sorted = entries.keys.sorted()
  }

  private init(index: JSONNode, directory: String) throws {
    let mapNode = try index.required("weight_map")
    let shards = Set(try mapNode.members().map { try $0.node.string() }).sorted()
    for shard in shards where !Self.isFileName(shard) {
      throw mapNode.refuse(
        expected: "names of files in the same directory", found: "\"\(shard)\"")
    }
    let files = try shards.map { shard -> SafetensorsFile in
      guard FileSystem.exists("\(directory)/\(shard)") else {
        throw mapNode.refuse(
          expected: "shards that are there", found: "\(shard), which is not",
          advice: WeightFiles(in: directory).advice)
      }
      return try SafetensorsFile(path: "\(directory)/\(shard)")
    }
    try self.init(files: files, directory: directory)
    indexPath = index.file
  }

  private static func isFileName(_ text: String) -> Bool {
    !text.isEmpty && !text.hasPrefix(".") && !text.utf8.contains { $0 == 0x2F || $0 == 0 }
  }

  /// The header's entry of a tensor of any type; nil if there is none.
  func entry(named name: String) -> (file: SafetensorsFile, entry: SafetensorsFile.Entry)? {
    entries[name]
  }

  /// The names that begin with a text, rising. They stand together among all, so that no others are looked at.
  func names(beginningWith prefix: String) -> ArraySlice<String> {
    var (first, end) = (0, sorted.count)
    while first < end {
      let middle = (first + end) / 2
      if sorted[middle] < prefix { first = middle + 1 } else { end = middle }
    }
    return sorted[first...].prefix { $0.hasPrefix(prefix) }
  }

  /// The tensor with a name; nil if there is none.
  ///
  /// - Throws: `InputError` for a data type that weights cannot have.
  func tensor(named name: String) throws -> Tensor? {
    guard let (file, entry) = entries[name] else { return nil }
    if entry.dtype == .f64 {
      return try NarrowedTensor.float32(name, entry.shape, file.file, entry.range)
    }
    guard let type = entry.dtype.tensorType else {
      throw InputError(
        file: file.file.path, location: name, found: "dtype \(entry.dtype.rawValue)",
        expected: "F64, F32, F16 or BF16")
    }
    return try Tensor(
      name: name, type: type, shape: entry.shape, file: file.file, range: entry.range)
  }
}
