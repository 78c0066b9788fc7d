import CleaveConvert
import CleaveKernels
import CleaveModel
import CleaveStorage
import TestSupport
import Testing

/// Weights that packages quantized are read as the packages read them, and are repacked where a
/// block type holds the same numbers.
@Suite struct QuantizedCheckpointTests {
  /// A variant and the types that hold its weights exactly; none where they must be rounded.
  struct Case: Sendable, CustomTestStringConvertible {
    let name: String
    let types: Set<TensorType>
    var testDescription: String { name }

    init(_ name: String, _ types: TensorType...) {
      self.name = name
      self.types = Set(types)
    }
  }

  static let cases = [
    Case("fp8-blocks"), Case("fp8-tensor"), Case("fp8-rows-e5m2"), Case("fbgemm-fp8"),
    Case("fp8-ue8m0", .bf16),
    Case("gptq-2bit", .q4_0), Case("gptq-3bit", .q4_0), Case("gptq-4bit", .q4_0),
    Case("gptq-8bit", .q8_0), Case("gptq-asym", .q5_0), Case("gptq-3bit-asym", .q4_0),
    Case("gptq-v2", .q5_0), Case("gptq-act-order"), Case("gptq-rows", .q4_0),
    Case("awq", .q5_0), Case("awq-sym", .q4_0),
    Case("ct-int4", .q4_0), Case("ct-int4-asym", .q5_0), Case("ct-int8-packed", .q8_0),
    Case("ct-int8", .q8_0), Case("ct-int8-asym"), Case("ct-naive", .q8_0),
    Case("ct-fp8"), Case("ct-fp8-tensor"), Case("ct-fp8-blocks"), Case("ct-groups", .q4_0, .q8_0),
    Case("ct-nvfp4"), Case("ct-mxfp4", .mxfp4), Case("ct-mxfp8", .bf16),
    Case("bnb-nf4"), Case("bnb-nf4-plain"), Case("bnb-fp4"), Case("bnb-int8"),
    Case("mlx-4bit", .q4_1), Case("mlx-4bit-bf16", .q4_1), Case("mlx-3bit", .q4_1),
    Case("mlx-6bit"), Case("mlx-8bit"),
    Case("modelopt-nvfp4"), Case("modelopt-fp8"),
    Case("torchao-int8"), Case("torchao-int4"), Case("torchao-fp8"),
  ]

  private let scratch: Scratch

  init() throws { scratch = try Scratch() }

  private func artifact(as type: String?) throws -> Artifact {
    var importer = Importer(source: scratch("source"), target: scratch("out"))
    importer.quantizedType = type
    importer.force = true
    _ = try importer.run()
    return try Artifact(opening: scratch("out"))
  }

  /// The tensors of an artifact whose digests the golden has.
  private func tensors(_ artifact: Artifact, _ golden: QuantizedGolden) throws -> [Tensor] {
    let all = try artifact.manifest.files.filter { !$0.tensors.isEmpty }.flatMap {
      try artifact.tensors(in: $0.path).values
    }
    let found = all.filter { golden.digests[$0.name] != nil }
    #expect(found.count == golden.digests.count)
    return found
  }

  private func digest(_ tensor: Tensor) -> String {
    let count = tensor.shape.reduce(1, *)
    var values = [Float](repeating: 0, count: count)
    tensor.withBytes {
      ck_dequantize(ck_type(rawValue: tensor.type.ggmlID), $0.baseAddress, &values, count)
    }
    // -0 counts as 0.
    let bytes = values.map { ($0 + 0).bitPattern }.withUnsafeBytes(Array.init)
    return FileDigest(of: bytes).sha256
  }

  @Test(arguments: cases)
  func holdsWhatThePackageMakes(variant: Case) throws {
    let golden = try QuantizedGolden(variant.name)
    try golden.write(to: "source", in: scratch)
    if variant.types.isEmpty {
      let error = #expect(throws: InputError.self) { try artifact(as: nil) }
      #expect(error?.found.hasSuffix("weights that no type here holds exactly") == true)
      #expect(error?.advice == "Give one with --as: q8_0, f16, bf16, f32.")
    } else {
      let exact = try tensors(artifact(as: nil), golden)
      #expect(Set(exact.map(\.type)) == variant.types)
      for tensor in exact { #expect(digest(tensor) == golden.digests[tensor.name]) }
    }
    for tensor in try tensors(artifact(as: "f32"), golden) {
      #expect(digest(tensor) == golden.digests[tensor.name], "\(tensor.name) as \(tensor.type)")
    }
  }
}
