import CleaveStorage

/// The files of a model in GGUF: one file, or the parts that llama.cpp's gguf-split made of one. The
/// first part holds the metadata; each part lists the tensors whose data it holds.
package struct GGUFSet {
  /// The files in order, at least one.
  package let files: [GGUFFile]
  private let split: GGUFSplit?

  /// The file with the metadata.
  package var first: GGUFFile { files[0] }
  package var paths: [String] { files.map(\.file.path) }

  /// Opens a model by its file, by any of its parts, or by the directory that holds it and no other.
  ///
  /// - Throws: `InputError` that names missing parts, and for parts that do not belong together.
  package init(path: String) throws {
    let file =
      try FileSystem.isDirectory(path) ? Self.file(in: path) : path
    let given = try GGUFFile(path: file)
    split = try GGUFSplit(given)
    files = try split.map { try Self.parts(file, $0) } ?? [given]
  }

  /// Whether a file of a directory is called GGUF.
  static func isName(_ name: String) -> Bool { name.hasSuffix(".gguf") && !name.hasPrefix(".") }

  /// The tensors of all parts.
  ///
  /// - Throws: `InputError` for a tensor in two parts, and for another number of tensors than the
  ///   parts say.
  package func tensors() throws -> [Tensor] {
    var all: [Tensor] = []
    var homes: [String: String] = [:]
    for file in files {
      for tensor in try file.tensors() {
        if let home = homes.updateValue(file.file.path, forKey: tensor.name) {
          throw InputError(
            file: file.file.path, location: tensor.name, found: "a tensor that \(home) has too",
            expected: "every tensor in one part")
        }
        all.append(tensor)
      }
    }
    if let split, all.count != split.tensors {
      throw InputError(
        file: first.file.path, location: GGUFSplit.tensorsKey, found: "\(split.tensors)",
        expected: "\(all.count), the tensors of all \(files.count) parts together",
        advice: "The parts are of different models, or damaged.")
    }
    return all
  }
}

// MARK: - Finding files

extension GGUFSet {
  /// The one GGUF file of a directory, or one of the parts of the one split model.
  private static func file(in directory: String) throws -> String {
    let names = try FileSystem.entries(of: directory).filter(isName)
    let models = Set(names.map { GGUFPartName($0)?.part(1).path ?? $0 })
    guard models.count == 1, let name = names.first else {
      throw InputError(
        file: directory, found: "\(models.count) GGUF models: \(NameList.short(models.sorted()))",
        expected: "one", advice: "Give the file instead of the directory.")
    }
    return directory.hasSuffix("/") ? directory + name : "\(directory)/\(name)"
  }

  /// Opens all parts of the model of which `path` is the part that `split` describes.
  private static func parts(_ path: String, _ split: GGUFSplit) throws -> [GGUFFile] {
    let said = "part \(split.number) of \(split.count)"
    guard let name = GGUFPartName(path) else {
      throw InputError(
        file: path, found: "a file that says it is \(said)",
        expected: "a name that ends in "
          + GGUFPartName(
            prefix: "", number: split.number, count: split.count
          ).path, advice: "The other parts are found by their names.")
    }
    guard (name.number, name.count) == (split.number, split.count) else {
      throw InputError(
        file: path, location: GGUFSplit.numberKey, found: said,
        expected: "part \(name.number) of \(name.count), as its name says")
    }
    let paths = (1...split.count).map { name.part($0).path }
    let missing = paths.filter { !FileSystem.exists($0) }
    guard missing.isEmpty else {
      throw InputError(
        file: path, found: "\(said), without \(NameList.short(missing))",
        expected: "all \(split.count) parts in one directory")
    }
    let files = try paths.map { try GGUFFile(path: $0) }
    for (index, file) in files.enumerated() {
      try check(file, number: index + 1, beside: files[0], split)
    }
    return files
  }

  /// Checks that a part is the one that its name says, and of the same model as the first.
  private static func check(
    _ file: GGUFFile, number: Int, beside first: GGUFFile, _ split: GGUFSplit
  ) throws {
    func refuse(
      _ location: String, _ found: String, _ expected: String, advice: String? = nil
    ) -> InputError {
      InputError(
        file: file.file.path, location: location, found: found, expected: expected, advice: advice)
    }
    guard let own = try GGUFSplit(file) else {
      throw refuse(
        GGUFSplit.countKey, "a whole file", "part \(number) of \(split.count), as its name says")
    }
    guard own.number == number, own.count == split.count else {
      throw refuse(
        GGUFSplit.numberKey, "part \(own.number) of \(own.count)",
        "part \(number) of \(split.count), as its name says")
    }
    let advice = "The parts are of different models."
    guard own.tensors == split.tensors else {
      throw refuse(
        GGUFSplit.tensorsKey, "\(own.tensors)", "\(split.tensors), as another part says",
        advice: advice)
    }
    for (key, value) in file.metadata where !GGUFSplit.keys.contains(key) {
      guard key != "general.alignment", first[key] != value else { continue }
      throw refuse(
        key, value.shown,
        first[key].map { "\($0.shown), as in the first part" }
          ?? "no such key, as in the first part", advice: advice)
    }
  }
}
