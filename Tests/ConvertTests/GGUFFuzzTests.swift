import CleaveConvert
import CleaveStorage
import TestSupport
import Testing

/// Damaged GGUF files cause neither crash nor hang, and are refused only with an `InputError`.
@Suite struct GGUFFuzzTests {
  @Test func files() throws {
    var builder = GGUFBuilder()
    builder.set("general.alignment", .uint32(32))
    builder.set("text", .string("some text"))
    builder.set("nested", .array(type: 9, [.array(type: 12, [.float64(1), .float64(2)])]))
    builder.set("flags", .array(type: 7, [.bool(true), .bool(false)]))
    builder.tensors = [
      .init("a", [2, 2], [UInt8](1...16)), .init("b", [32, 1, 1, 1], type: 8, [UInt8](1...34)),
    ]
    let valid = builder.bytes
    let scratch = try Scratch()
    var mutator = Mutator(seed: 10)
    expectInputErrorsOnly(4000) { _ in
      let file = try GGUFFile(path: try scratch.write(mutator.mutate(valid), to: "t.gguf"))
      _ = try CheckpointSummary(path: scratch("t.gguf"))
      for tensor in try file.tensors() {
        _ = tensor.withBytes { $0.reduce(0) { $0 &+ Int($1) } }
      }
    }
  }

  /// Imports run up to the target, whose parent does not exist.
  @Test func models() throws {
    let valid = GGUFBuilder.tinyModel.bytes
    let scratch = try Scratch()
    var mutator = Mutator(seed: 11)
    expectInputErrorsOnly(1000) { _ in
      let path = try scratch.write(mutator.mutate(valid, limit: 9000), to: "t.gguf")
      _ = try Importer(source: path, target: scratch("nowhere/out")).run()
    }
  }
}
