import CleaveConvert
import CleaveModel
import CleaveStorage
import TestSupport
import Testing

/// The ID is specified as a text (specs/artifact.md), from which another program must compute the
/// same ID.
@Suite struct ModelIdentityTests {
  /// The worked example of the specification.
  private static let configuration =
    #"{"architecture":"llama","hidden_size":48,"block_count":6,"head_count":4,"kv_head_count":2,"#
    + #""head_dimension":12,"intermediate_size":56,"vocabulary_size":320,"context_length":512,"#
    + #""norm_epsilon":1e-05,"rope":{"theta":500000.0,"scaling":{"kind":"llama3","factor":8.0,"#
    + #""low_freq_factor":1.0,"high_freq_factor":4.0,"original_max_position_embeddings":64}},"#
    + #""tied_embeddings":false}"#
  private static let files = """
    tokenizer.json c60076cec16ba34ce5803a6abd0356d0d818fb5f32306a9dc4c3a07f147b8582
    weights/block-0000.safetensors 5d47f27e85a987b6030e9ca7999845bb0f0e545c77b594379fa2464a94a1ab79
    weights/block-0001.safetensors 60c0d222699ecc3a019e219e2674d78f445a9b715ceccc121bfebe17b3cdea2e
    weights/block-0002.safetensors a2957a808f919546b59aa65bfe84fa08fc7a0c74c54a206c09f4a0a3a429fb82
    weights/block-0003.safetensors 41319641aa426787410d2b1fdf1bd2966608a8623223b63ff6789803ab97905a
    weights/block-0004.safetensors 50bb60cde2bafcc003024293a0ad74af2e9259e37ef89c107bd64dfb51ebccd8
    weights/block-0005.safetensors 0a884c96f0f5d3c5c5cce3df3d682d2e23dfdab6164f9340bea1a8c45316790e
    weights/embedding.safetensors f518a402ff3424452aad50cc44af1134f423ff6d093ca4e36972e5860dcdc36a
    weights/head.safetensors 26b4c3c9f6fe969c484383a811863683f66c0aa63c6996abcd55729667c141b3

    """
  private static let id = "6350b2dde6f23dd5d72b850267f60958f98397e72e9f7775bf778e9f400613aa"

  @Test func theWorkedExample() throws {
    let scratch = try Scratch()
    let manifest = try Importer(
      source: Golden.path("tiny-llama3-f32"), target: scratch("out")
    ).run()
    #expect(manifest.configuration.json.text(pretty: false) == Self.configuration)
    // The compiled tokenizer repeats tokenizer.json and is not part of the ID.
    let lines = manifest.files.filter { $0.path != "tokenizer.bin" }.map {
      "\($0.path) \($0.digest.sha256)\n"
    }.joined()
    #expect(lines == Self.files)
    #expect(manifest.modelID == Self.id)
    #expect(FileDigest(of: Array((Self.configuration + "\n" + Self.files).utf8)).sha256 == Self.id)
  }

  /// The specification contains this very example.
  @Test func theSpecificationHasTheExample() throws {
    let root = Golden.path("").split(separator: "/").dropLast(2).joined(separator: "/")
    let specification = String(
      decoding: try readFile("/\(root)/specs/artifact.md"), as: UTF8.self)
    #expect(specification.contains(Self.configuration + "\n" + Self.files))
    #expect(specification.contains(Self.id))
  }

  /// The spelling of reals at the borders between its two forms.
  @Test(arguments: [
    (100000, "100000.0"), (9_007_199_254_740_992, "9007199254740992.0"),
    (9_007_199_254_740_994, "9.007199254740994e+15"), (1e16, "1e+16"), (1e100, "1e+100"),
    (0.1, "0.1"), (0.0001, "0.0001"), (9.9e-5, "9.9e-05"), (1e-5, "1e-05"), (1.25e-10, "1.25e-10"),
    (Double(Float(1.1)), "1.100000023841858"),
  ])
  func reals(value: Double, text: String) {
    #expect(JSON.real(value).text() == text)
  }

  /// An epsilon is written as the shortest decimal of the float32, a divisor as that of the double.
  @Test func floatsInAConfiguration() {
    let configuration = ModelConfiguration(
      architecture: "llama", hiddenSize: 4, blockCount: 1, headCount: 1, kvHeadCount: 1,
      headDimension: 4, intermediateSize: 4, vocabularySize: 4, contextLength: 4,
      normEpsilon: 1.1e-6, rope: RoPE(theta: 10000, scaling: .divisors([1, 1.1])),
      tiedEmbeddings: true)
    let text = configuration.json.text(pretty: false)
    #expect(text.contains(#""norm_epsilon":1.1e-06,"#))
    #expect(
      text.contains(
        #""rope":{"theta":10000.0,"scaling":{"kind":"divisors","divisors":[1.0,1.100000023841858]}}"#
      ))
  }
}
