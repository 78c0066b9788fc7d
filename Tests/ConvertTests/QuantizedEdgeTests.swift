import CleaveConvert
import CleaveKernels
import CleaveModel
import CleaveStorage
import TestSupport
import Testing

/// Values at the ends of what layouts can store.
@Suite struct QuantizedEdgeTests {
  private let scratch: Scratch

  init() throws { scratch = try Scratch() }

  private func fill(
    _ suffix: String, _ byte: UInt8, _ tensors: inout [SafetensorsBuilder.Tensor]
  ) {
    for index in tensors.indices where tensors[index].name.hasSuffix(suffix) {
      tensors[index].bytes = [UInt8](repeating: byte, count: tensors[index].bytes.count)
    }
  }

  private func importer(
    _ variant: String, _ change: (inout [SafetensorsBuilder.Tensor]) -> Void
  ) throws -> Importer {
    try QuantizedGolden(variant).write(to: "source", in: scratch, change)
    var importer = Importer(source: scratch("source"), target: scratch("out"))
    importer.quantizedType = "f32"
    return importer
  }

  /// Version 1 stores zero points minus one: of three bits, 7 means 0, and codes are never below it.
  @Test func aThreeBitZeroPointWraps() throws {
    let golden = try QuantizedGolden("gptq-3bit-asym")
    let importer = try importer("gptq-3bit-asym") { tensors in
      fill(".qzeros", 0xFF, &tensors)
      for index in tensors.indices where tensors[index].name.hasSuffix(".scales") {
        // 1 in float16.
        let count = tensors[index].bytes.count / 2
        tensors[index].bytes = (0..<count).flatMap { _ in [UInt8(0x00), 0x3C] }
      }
    }
    _ = try importer.run()
    let artifact = try Artifact(opening: scratch("out"))
    let name = try #require(golden.digests.keys.first { $0.hasPrefix("blocks.0.") })
    let file = try #require(
      artifact.manifest.files.first { $0.tensors.contains { $0.name == name } })
    let tensor = try #require(try artifact.tensors(in: file.path)[name])
    var values = [Float](repeating: 0, count: tensor.shape.reduce(1, *))
    tensor.withBytes {
      ck_dequantize(
        ck_type(rawValue: tensor.type.ggmlID), $0.baseAddress, &values, values.count)
    }
    #expect(Set(values).isSubset(of: [0, 1, 2, 3, 4, 5, 6, 7]))
    #expect(values.contains(7))
  }

  /// A power of two that makes the larger codes infinite is no exact block.
  @Test func weightsThatAreInfiniteAreRefused() throws {
    let importer = try importer("ct-mxfp4") { fill(".weight_scale", 0xFE, &$0) }
    let error = #expect(throws: InputError.self) { _ = try importer.run() }
    #expect(error?.expected == "finite weights")
  }
}
