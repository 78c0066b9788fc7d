import CleaveStorage

/// A listing of a checkpoint's settings and tensors, for inspection before import. Reads headers
/// only and does not check whether the model is supported.
package struct CheckpointSummary: Sendable {
  /// A tensor of the checkpoint.
  package struct Entry: Sendable {
    package let name: String
    package let type: String
    package let shape: [Int]
    package let bytes: Int
  }

  /// The file format in words.
  package let format: String
  /// Settings as key and value, in file order; long values are cut.
  package let settings: [(name: String, value: String)]
  package let tensors: [Entry]

  package init(path: String) throws {
    if FileSystem.isDirectory(path) {
      if try Importer.isGGUFDirectory(path) {
        try self.init(gguf: GGUFSet(path: path))
      } else {
        try self.init(directory: path)
      }
    } else if try GGUFFile.isGGUF(path) {
      try self.init(gguf: GGUFSet(path: path))
    } else {
      let file = try SafetensorsFile(path: path)
      self.init(format: "safetensors", settings: file.metadata, tensors: Self.entries([file]))
    }
  }

  private static let longestText = 400

  private init(format: String, settings: [(name: String, value: String)], tensors: [Entry]) {
    self.format = format
    self.settings = settings.map {
      ($0.shown(limit: Self.longestText), $1.shown(limit: Self.longestText))
    }
    self.tensors = tensors
  }

  private init(gguf: GGUFSet) throws {
    let parts = gguf.files.count > 1 ? ", \(gguf.files.count) parts" : ""
    self.init(
      format: "GGUF version \(gguf.first.version)\(parts)",
      settings: gguf.first.metadata.map { ($0.key, $0.value.shown) },
      tensors: try gguf.tensors().map {
        Entry(
          name: $0.name.shown(limit: Self.longestText), type: $0.type.rawValue, shape: $0.shape,
          bytes: $0.range.count)
      })
  }

  private init(directory: String) throws {
    let config = try FileSystem.readJSON("\(directory)/config.json", limit: 1 << 24)
    let set = try SafetensorsSet(directory: directory)
    self.init(
      format: "Hugging Face directory, \(set.paths.count) safetensors file(s)",
      settings: try config.members().map { ($0.name, $0.node.value.text(pretty: false)) },
      tensors: Self.entries(try set.paths.map { try SafetensorsFile(path: $0) }))
  }

  private static func entries(_ files: [SafetensorsFile]) -> [Entry] {
    files.flatMap { file in
      file.entries.map {
        Entry(
          name: $0.name.shown(limit: Self.longestText), type: $0.dtype.rawValue, shape: $0.shape,
          bytes: $0.range.count)
      }
    }
  }
}
