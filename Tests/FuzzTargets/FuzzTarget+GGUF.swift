import CleaveConvert
import CleaveStorage

extension FuzzTarget {
  /// A GGUF file: header, metadata and tensors.
  static let gguf = FuzzTarget("gguf") { input in
    try FuzzFiles.withFile(input) { path in
      let file = try GGUFFile(path: path)
      let tensors = try file.tensors()
      _ = try CheckpointSummary(path: path)
      var writer = GGUFWriter()
      for (key, value) in file.metadata where key != "general.alignment" {
        if let written = written(value) { writer.metadata.append((key, written)) }
      }
      writer.tensors = tensors.map { WeightSource($0, name: $0.name) }
      var sink = try FileSink(creating: path + "-copy")
      try writer.write(to: &sink)
      _ = try sink.finish()
      let copy = try reread("a copy") { try GGUFFile(path: path + "-copy") }
      try check(try reread("a copy") { try copy.tensors() }, against: tensors)
      for (key, value) in writer.metadata {
        try require(copy[key].map { same($0, value) } == true, "a copy has the value of \(key)")
      }
    }
  }

  /// A model in a GGUF file, up to where its tensors would be written as an artifact.
  static let ggufCheckpoint = FuzzTarget("gguf-checkpoint") { input in
    try FuzzFiles.withFile(input) { path in
      let outline = try Importer(source: path, target: "\(path)-none/out").outline()
      try require(outline.files == [path], "a model is made of its file")
      _ = try GGUFTokenizer.tokenizer(path: path)
    }
  }

  private static func check(_ copies: [Tensor], against tensors: [Tensor]) throws {
    try require(copies.count == tensors.count, "a copy has the tensors")
    for (one, other) in zip(tensors, copies) {
      try require(
        one.name == other.name && one.type == other.type && one.shape == other.shape
          && one.withBytes(Array.init) == other.withBytes(Array.init),
        "a copy has the same tensors")
    }
  }

  /// A value as the writer takes it; nil for one that it does not write.
  private static func written(_ value: GGUFValue) -> GGUFWriter.Value? {
    switch value {
    case .unsigned(let number): UInt32(exactly: number).map { .uint32($0) }
    case .signed(let number): Int32(exactly: number).map { .int32($0) }
    case .float(let number): .float32(Float(number))
    case .bool(let flag): .bool(flag)
    case .string(let text): .string(text)
    case .array(let elements): written(elements)
    }
  }

  private static func written(_ elements: [GGUFValue]) -> GGUFWriter.Value? {
    let texts = elements.compactMap { if case .string(let text) = $0 { text } else { nil } }
    if texts.count == elements.count { return .strings(texts) }
    let flags = elements.compactMap { if case .bool(let flag) = $0 { flag } else { nil } }
    return flags.count == elements.count ? .bools(flags) : nil
  }

  private static func same(_ value: GGUFValue, _ written: GGUFWriter.Value) -> Bool {
    switch (value, written) {
    case (.unsigned(let one), .uint32(let other)): one == other
    case (.signed(let one), .int32(let other)): one == other
    case (.float(let one), .float32(let other)): one == Double(other) || one.isNaN && other.isNaN
    case (.bool(let one), .bool(let other)): one == other
    case (.string(let one), .string(let other)): one.isSame(other)
    case (.array(let one), .strings(let other)): one == other.map { .string($0) }
    case (.array(let one), .bools(let other)): one == other.map { .bool($0) }
    default: false
    }
  }
}
