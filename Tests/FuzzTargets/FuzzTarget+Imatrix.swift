import CleaveQuantize

extension FuzzTarget {
  /// An importance matrix: cleave's, and both of llama.cpp's.
  static let imatrix = FuzzTarget("imatrix") { input in
    try FuzzFiles.withFile(input) { path in
      let file = try ImportanceFile(path: path)
      var vectors: [String: [Float]] = [:]
      for name in file.tensorNames { vectors[name] = try file.importance(of: name) }
      let digest = String(repeating: "a", count: 64)
      let origin = file.origin ?? .init(modelID: digest, dataSHA256: digest, tokens: 1)
      try ImportanceFile.write(vectors, origin: origin, to: path + "-copy")
      let copy = try reread("a copy") { try ImportanceFile(path: path + "-copy") }
      try require(
        copy.origin == origin && copy.tensorNames == file.tensorNames, "a copy says the same")
      for (name, vector) in vectors {
        try require(try copy.importance(of: name) == vector, "a copy has the same numbers")
      }
    }
  }
}
