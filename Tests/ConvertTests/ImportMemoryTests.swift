import CleaveConvert
import Synchronization
import TestSupport
import Testing

/// The memory of an import does not grow with the model. Measured in a process of its own, without
/// the memory of other tests.
@Suite struct ImportMemoryTests {
  @Test func anonymousMemoryStaysFlat() async {
    await #expect(processExitsWith: .success) {
      let scratch = try Scratch()
      let source = try LargeCheckpoint.make(in: scratch)
      var importer = Importer(source: source, target: scratch("out"))
      // The memory used before the import by the runtime and the test runner.
      let before = try LargeCheckpoint.anonymousMemory()
      let peak = Peak()
      importer.progress = { _, _ in peak.sample() }
      // Samples between calls too: memory that is freed before the next call counts.
      let sampler = Task.detached {
        while !Task.isCancelled {
          peak.sample()
          try await Task.sleep(for: .milliseconds(1))
        }
      }
      let manifest = try importer.run()
      sampler.cancel()
      precondition(manifest.totalBytes > 500_000_000, "too small to say anything")
      let growth = peak.bytes.load(ordering: .relaxed) - before
      precondition(growth < 100_000_000, "\(growth) bytes more")
    }
  }
}

private final class Peak: Sendable {
  let bytes = Atomic(0)

  func sample() {
    bytes.max((try? LargeCheckpoint.anonymousMemory()) ?? .max, ordering: .relaxed)
  }
}

/// A checkpoint with two blocks of 268 MB in a sparse file.
enum LargeCheckpoint {
  static func make(in scratch: Scratch) throws -> String {
    let source = try scratch.makeDirectory("source")
    try scratch.write(
      try Golden.bytes("tiny-f16-linear/tokenizer.json"), to: "source/tokenizer.json")
    try scratch.write(
      """
      {"model_type":"llama","hidden_size":2048,"num_hidden_layers":2,"num_attention_heads":16,
      "intermediate_size":8192,"vocab_size":320,"tie_word_embeddings":true}
      """, to: "source/config.json")
    var offset = 0
    func entry(_ name: String, _ shape: [Int]) -> String {
      let end = offset + 4 * shape.reduce(1, *)
      defer { offset = end }
      return SafetensorsBuilder.entry("model.\(name).weight", "F32", "\(shape)", offset, end)
    }
    var entries = [entry("embed_tokens", [320, 2048]), entry("norm", [2048])]
    for block in ["layers.0", "layers.1"] {
      for name in ["input_layernorm", "post_attention_layernorm"] {
        entries.append(entry("\(block).\(name)", [2048]))
      }
      for name in ["q", "k", "v", "o"] {
        entries.append(entry("\(block).self_attn.\(name)_proj", [2048, 2048]))
      }
      for name in ["gate", "up"] {
        entries.append(entry("\(block).mlp.\(name)_proj", [8192, 2048]))
      }
      entries.append(entry("\(block).mlp.down_proj", [2048, 8192]))
    }
    let header = SafetensorsBuilder.file(header: "{" + entries.joined(separator: ",") + "}")
    let path = try scratch.write(header, to: "source/model.safetensors")
    try Sparse.extend(path, to: header.count + offset)
    return source
  }

  /// The anonymous resident memory (RssAnon) of this process in bytes.
  static func anonymousMemory() throws -> Int {
    let status = String(decoding: try readPipe("/proc/self/status"), as: UTF8.self)
    let line = status.split(separator: "\n").first { $0.hasPrefix("RssAnon:") }
    let number = line?.split(whereSeparator: { $0 == " " || $0 == "\t" }).dropFirst().first
    guard let kilobytes = number.flatMap({ Int($0) }) else {
      throw FileUnreadable(path: "/proc/self/status")
    }
    return kilobytes * 1024
  }
}
