import CleaveExits
import CleaveConvert
import CleaveModel
import CleavePartition
import CleaveStorage
import Testing

/// The tiny random checkpoints of tools/golden/tiny_llama.py, with what transformers says of them.
package struct TinyModel: Sendable, CustomTestStringConvertible {
  /// Under Tests/Golden: a directory or a GGUF file.
  package let checkpoint: String
  /// Under Tests/Golden: what the independent judge computed.
  package let expectation: String

  package init(checkpoint: String, expectation: String) {
    self.checkpoint = checkpoint
    self.expectation = expectation
  }

  package var testDescription: String { checkpoint }

  package static let llama3 = TinyModel(
    checkpoint: "tiny-llama3-f32", expectation: "tiny-llama3-f32/expected.json")
  package static let sharded = TinyModel(
    checkpoint: "tiny-tied-bf16-sharded", expectation: "tiny-tied-bf16-sharded/expected.json")
  package static let q4_1 = TinyModel(
    checkpoint: "tiny-tied-bf16-sharded/tiny-tied.q4_1.gguf",
    expectation: "tiny-tied-bf16-sharded/expected-q4_1.json")

  package static let all = [
    llama3, sharded, q4_1,
    TinyModel(checkpoint: "tiny-f16-linear", expectation: "tiny-f16-linear/expected.json"),
    TinyModel(
      checkpoint: "tiny-llama3-f32/tiny-llama3.f32.gguf",
      expectation: "tiny-llama3-f32/expected.json"),
    TinyModel(
      checkpoint: "tiny-tied-bf16-sharded/tiny-tied.q8_0.gguf",
      expectation: "tiny-tied-bf16-sharded/expected-q8_0.json"),
    TinyModel(
      checkpoint: "tiny-f16-linear/tiny-linear.f16.gguf",
      expectation: "tiny-f16-linear/expected.json"),
  ]

  /// The checkpoint as a model artifact.
  package func imported(into scratch: Scratch, name: String = "model") throws -> Artifact {
    _ = try Importer(source: Golden.path(checkpoint), target: scratch(name)).run()
    return try Artifact(opening: scratch(name))
  }

  /// The checkpoint with untrained exits.
  ///
  /// - Parameter change: to how they are attached: bodies, and what they read.
  package func withExits(
    _ depths: [Int], threshold: Double = 0.9, into scratch: Scratch,
    change: (inout ExitAttachment) -> Void = { _ in }
  ) throws -> Artifact {
    _ = try imported(into: scratch)
    var attachment = ExitAttachment(
      source: scratch("model"), target: scratch("exits"), placement: ExitPlacement(depths: depths),
      threshold: threshold)
    change(&attachment)
    _ = try attachment.run()
    return try Artifact(opening: scratch("exits"))
  }

  /// The checkpoint cut in two.
  package func bundles(
    exits depths: [Int], threshold: Double = 0.9, cloudTakesTokens: Bool = false,
    into scratch: Scratch, change: (inout ExitAttachment) -> Void = { _ in }
  ) throws -> (model: Artifact, edge: Artifact, cloud: Artifact) {
    let model = try withExits(depths, threshold: threshold, into: scratch, change: change)
    let (edge, cloud) = try Self.partition(
      model, cloudTakesTokens: cloudTakesTokens, into: scratch)
    return (model, edge, cloud)
  }

  /// Cuts a model with exits in two.
  package static func partition(
    _ model: Artifact, cloudTakesTokens: Bool = false, into scratch: Scratch
  ) throws -> (edge: Artifact, cloud: Artifact) {
    var partitioner = Partitioner(
      source: model.path, edge: scratch("edge"), cloud: scratch("cloud"))
    partitioner.cloudTakesTokens = cloudTakesTokens
    _ = try partitioner.run()
    return (try Artifact(opening: scratch("edge")), try Artifact(opening: scratch("cloud")))
  }

  package func expected() throws -> [ExpectedPrompt] {
    let file = try FileSystem.readJSON(Golden.path(expectation))
    return try file.required("prompts").elements().map(ExpectedPrompt.init)
  }
}

/// The outputs of transformers for one prompt, in float32.
package struct ExpectedPrompt: Sendable {
  package let text: String
  package let ids: [Int]
  /// The five largest logits at every position.
  package let top5: [[(token: Int, logit: Float)]]
  /// All logits at the last position.
  package let lastLogits: [Float]
  /// Depth to what an untrained exit there says at the last position.
  package let exits: [Int: (token: Int, probability: Float)]
  package let greedy: [Int]

  init(_ node: JSONNode) throws {
    func floats(_ node: JSONNode) throws -> [Float] {
      try node.elements().map { Float(try $0.number()) }
    }
    text = try node.required("text").string()
    ids = try node.required("ids").elements().map { try $0.int() }
    top5 = try node.required("top5").elements().map { position in
      try position.elements().map { pair in
        let pair = try pair.elements()
        return (try pair[0].int(), Float(try pair[1].number()))
      }
    }
    lastLogits = try floats(try node.required("last_logits"))
    var exits: [Int: (token: Int, probability: Float)] = [:]
    for (depth, exit) in try node.required("blocks").members() {
      exits[Int(depth)!] = (
        try exit.required("exit_argmax").int(),
        Float(try exit.required("exit_probability").number())
      )
    }
    self.exits = exits
    greedy = try node.required("greedy").elements().map { try $0.int() }
  }
}
