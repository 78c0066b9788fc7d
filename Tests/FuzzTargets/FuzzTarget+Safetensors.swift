import CleaveStorage

extension FuzzTarget {
  /// A safetensors file.
  static let safetensors = FuzzTarget("safetensors") { input in
    try FuzzFiles.withFile(input) { path in
      let file = try SafetensorsFile(path: path)
      let tensors = try file.entries.compactMap { entry in
        try entry.dtype.tensorType.map {
          try Tensor(
            name: entry.name, type: $0, shape: entry.shape, file: file.file, range: entry.range)
        }
      }
      guard tensors.count == file.entries.count else { return }
      let copy = path + "-copy"
      _ = try SafetensorsFile.write(
        tensors.map { WeightSource($0, name: $0.name) }, metadata: file.metadata, to: copy)
      let again = try reread("a copy") { try SafetensorsFile(path: copy) }
      try require(
        again.metadata.elementsEqual(file.metadata) { $0 == $1 }, "a copy has the metadata")
      try require(again.entries.count == file.entries.count, "a copy has the tensors")
      for (one, other) in zip(sorted(file), sorted(again)) {
        try require(
          one.name == other.name && one.dtype == other.dtype && one.shape == other.shape
            && bytes(one, of: file) == bytes(other, of: again), "a copy has the same tensors")
      }
    }
  }

  private static func sorted(_ file: SafetensorsFile) -> [SafetensorsFile.Entry] {
    file.entries.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
  }

  private static func bytes(_ entry: SafetensorsFile.Entry, of file: SafetensorsFile) -> [UInt8] {
    file.file.withBytes(entry.range) { Array($0) }
  }
}
