import CleaveConvert
import CleaveStorage
import TestSupport
import Testing

/// A file that is not what its name says is called by what it is.
@Suite struct FileKindTests {
  struct Foreign: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let bytes: [UInt8]
    let advice: String?

    init(_ text: String, _ bytes: [UInt8], _ advice: String? = nil) {
      testDescription = text
      self.bytes = bytes + [UInt8](repeating: 7, count: 600)
      self.advice = advice
    }

    init(_ text: String, _ content: String, _ advice: String? = nil) {
      self.init(text, Array(content.utf8), advice)
    }
  }

  private static let foreign = [
    Foreign(
      "a git-lfs pointer",
      "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 12\n", "git lfs pull"),
    Foreign("a page of HTML", "<!DOCTYPE html><html><body>Log in</body></html>", "Download"),
    Foreign("a page of HTML", "\u{FEFF}\n <HTML lang=en>", "Download"),
    Foreign("XML", "<?xml version=\"1.0\"?><Error><Code>AccessDenied</Code></Error>", "Download"),
    Foreign("a pickle of Python", [0x80, 2, 0x8A, 0x0A], "save_pretrained"),
    Foreign(
      "a PyTorch checkpoint",
      [0x50, 0x4B, 3, 4] + [UInt8](repeating: 0, count: 22) + [16, 0, 0, 0]
        + Array("archive/data.pkl".utf8), "save_pretrained"),
    Foreign(
      "a zip archive",
      [0x50, 0x4B, 3, 4] + [UInt8](repeating: 0, count: 22) + [5, 0, 0, 0] + Array("a.txt".utf8),
      "Unpack"),
    Foreign("a gzip archive", [0x1F, 0x8B, 8, 0], "Unpack"),
    Foreign("a zstd archive", [0x28, 0xB5, 0x2F, 0xFD], "Unpack"),
    Foreign("an xz archive", [0xFD, 0x37, 0x7A, 0x58, 0x5A, 0], "Unpack"),
    Foreign("a bzip2 archive", "BZh9", "Unpack"),
    Foreign("a 7z archive", [0x37, 0x7A, 0xBC, 0xAF, 0x27, 0x1C], "Unpack"),
    Foreign(
      "a tar archive",
      Array("model/".utf8) + [UInt8](repeating: 0, count: 251) + Array("ustar".utf8), "Unpack"),
    Foreign("an ONNX model", [8, 7, 0x12, 7] + Array("pytorch".utf8)),
    Foreign("a TensorFlow Lite model", [0x1C, 0, 0, 0] + Array("TFL3".utf8)),
    Foreign("an HDF5 file", [0x89, 0x48, 0x44, 0x46, 0x0D, 0x0A, 0x1A, 0x0A]),
    Foreign("a NumPy array", [0x93] + Array("NUMPY".utf8)),
    Foreign("a GGML file from before GGUF", "tjgg\u{3}", "llama.cpp"),
    Foreign(
      "a file that begins with zeros only", [UInt8](repeating: 0, count: 512), "Download"),
  ]

  private func directory(_ scratch: Scratch) throws -> String {
    try scratch.copy(directory: Golden.path("tiny-llama3-f32"), to: "source")
  }

  private func expect(_ foreign: Foreign, file: String, _ body: () throws -> Void) {
    let error = #expect(throws: InputError.self) { try body() }
    #expect(error?.file == file)
    #expect(error?.found.hasPrefix(foreign.testDescription) == true, "\(error?.found ?? "")")
    if let advice = foreign.advice {
      #expect(error?.advice?.contains(advice) == true, "\(error?.advice ?? "none")")
    }
  }

  @Test(arguments: foreign, ["model.safetensors", "config.json", "tokenizer.json"])
  func inADirectory(foreign: Foreign, name: String) throws {
    let scratch = try Scratch()
    let source = try directory(scratch)
    try scratch.write(foreign.bytes, to: "source/\(name)")
    expect(foreign, file: "\(source)/\(name)") {
      _ = try Importer(source: source, target: scratch("out")).run()
    }
  }

  @Test(arguments: foreign)
  func inPlaceOfGGUF(foreign: Foreign) throws {
    let scratch = try Scratch()
    let path = try scratch.write(foreign.bytes, to: "model.gguf")
    expect(foreign, file: path) { _ = try Importer(source: path, target: scratch("out")).run() }
    expect(foreign, file: path) { _ = try GGUFFile(path: path) }
  }

  @Test(arguments: foreign)
  func inPlaceOfSentencePiece(foreign: Foreign) throws {
    let scratch = try Scratch()
    let path = try scratch.write(foreign.bytes, to: "tokenizer.model")
    expect(foreign, file: path) { _ = try SentencePieceModel(path: path) }
  }

  /// Formats that are read elsewhere are named too.
  @Test func safetensorsAndGGUFInEachOthersPlace() throws {
    let scratch = try Scratch()
    let source = try directory(scratch)
    let tensors = "\(source)/model.safetensors"
    var error = #expect(throws: InputError.self) { try GGUFFile(path: tensors) }
    #expect(error?.found == "a safetensors file")
    let gguf = "\(source)/tiny-llama3.f32.gguf"
    error = #expect(throws: InputError.self) { try SafetensorsFile(path: gguf) }
    #expect(error?.found == "a GGUF file")
    try scratch.write("{\"a\": 1}        ", to: "source/model.safetensors")
    error = #expect(throws: InputError.self) { try SafetensorsFile(path: tensors) }
    #expect(error?.found == "JSON")
  }

  @Test func interruptedDownloads() throws {
    let scratch = try Scratch()
    let source = try directory(scratch)
    let bytes = try readFile("\(source)/model.safetensors")
    try scratch.write(Array(bytes.dropLast(100)), to: "source/model.safetensors")
    let error = #expect(throws: InputError.self) {
      try Importer(source: source, target: scratch("out")).run()
    }
    #expect(error?.location == "data")
    #expect(error?.advice?.contains("download was interrupted") == true)
  }

  @Test(arguments: [
    ("pytorch_model.bin", "save_pretrained"), ("pytorch_model.bin.index.json", "save_pretrained"),
    ("consolidated.00.pth", "save_pretrained"), ("model.safetensors.incomplete", "interrupted"),
    ("adapter_model.safetensors", "merge_and_unload"), ("tf_model.h5", "GGUF file"),
    ("model.onnx", "GGUF file"), ("flax_model.msgpack", "GGUF file"),
    ("consolidated.safetensors", "model.safetensors"), ("other.safetensors", "Name the file"),
  ])
  func directoriesOfOtherWeights(name: String, advice: String) throws {
    let scratch = try Scratch()
    let source = try directory(scratch)
    try scratch.remove("source/model.safetensors")
    try scratch.remove("source/tiny-llama3.f32.gguf")
    try scratch.write("x", to: "source/\(name)")
    let error = #expect(throws: InputError.self) {
      try Importer(source: source, target: scratch("out")).run()
    }
    #expect(error?.file == source && error?.found.hasSuffix(", but \(name)") == true)
    #expect(error?.advice?.contains(advice) == true, "\(error?.advice ?? "none")")
  }

  @Test func anAdapterAlone() throws {
    let scratch = try Scratch()
    let source = try scratch.makeDirectory("source")
    try scratch.write("{}", to: "source/adapter_config.json")
    let error = #expect(throws: InputError.self) {
      try Importer(source: source, target: scratch("out")).run()
    }
    #expect(error?.found == "no config.json, but adapter_config.json")
    #expect(error?.advice?.contains("merge_and_unload") == true)
  }
}
