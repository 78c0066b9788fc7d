import CleaveConvert
import CleaveModel
import CleaveStorage
import TestSupport
import Testing

/// Small files that once took minutes: where each part is looked for among all others, or an expression goes back.
@Suite(.timeLimit(.minutes(20))) struct LongCheckpointTests {
  private let scratch: Scratch

  init() throws { scratch = try Scratch() }

  private func importer(_ source: String = "source", as type: String? = "f32") -> Importer {
    var importer = Importer(source: scratch(source), target: scratch("out-\(source)"))
    importer.quantizedType = type
    return importer
  }

  private func refusal(_ importer: Importer) throws -> InputError {
    try #require(throws: InputError.self) { try importer.run() }
  }

  /// The groups of a golden, with an edit of their JSON.
  private func groups(_ old: String, _ new: String) throws -> JSON {
    let text = try QuantizedGolden("ct-groups").config.text(pretty: false).replacing(old, with: new)
    return try JSONNode(parsing: Array(text.utf8), file: "config.json").value
  }

  private static let target = "\"re:.*self_attn"

  /// The expression fails on every name, in as many ways as the name can be cut.
  @Test func targetThatCanBeCutInManyWays() throws {
    let golden = try QuantizedGolden("ct-groups")
    try golden.write(to: "plain", in: scratch)
    let config = try groups(Self.target, "\"re:(.+)+Z\",\(Self.target)")
    try golden.write(to: "odd", in: scratch, config: config)
    let plain = try importer("plain").run()
    #expect(try importer("odd").run().modelID == plain.modelID)
  }

  /// More targets, and what is said of them: where, what was found, what was expected.
  static let targets: [(String, String, String, String)] = [
    (
      "\"re:(?P<a>.)\",", ".targets[0]", "at column 3 of the regular expression the flag \"P\"",
      "the flags i and m"
    ),
    ("\"re:(\",", ".targets[0]", "a group without end", "\")\" after it"),
    (
      String(repeating: "\"re:a\",", count: 512), ".targets", "more of them",
      "at most 512 regular expressions"
    ),
  ]

  @Test(arguments: targets)
  func targetsThatAreRefused(
    new: String, location: String, found: String, expected: String
  ) throws {
    let config = try groups(Self.target, new + Self.target)
    try QuantizedGolden("ct-groups").write(to: "source", in: scratch, config: config)
    let error = try refusal(importer())
    #expect(error.file == scratch("source/config.json"))
    #expect(error.location == "quantization_config.config_groups.group_0" + location)
    #expect(error.found.contains(found), "\(error.found)")
    #expect(error.expected.contains(expected), "\(error.expected)")
  }

  @Test func groupsWithoutEnd() throws {
    let more = (0..<511).map { "\"more_\($0)\":{}," }.joined()
    let config = try groups("\"group_0\":", more + "\"group_0\":")
    try QuantizedGolden("ct-groups").write(to: "source", in: scratch, config: config)
    let error = try refusal(importer())
    #expect(error.location == "quantization_config.config_groups")
    #expect(error.found == "513" && error.expected == "at most 512 groups")
  }

  /// A number in config.json asks for millions of tensors.
  @Test func expertsThatAreNotThere() throws {
    _ = try scratch.copy(directory: Golden.path("families/mixtral"), to: "source")
    try scratch.edit(
      "source/config.json", "\"num_local_experts\": 6", "\"num_local_experts\": 4096")
    try scratch.edit("source/config.json", "\"num_hidden_layers\": 4", "\"num_hidden_layers\": 512")
    let error = try refusal(importer(as: nil))
    #expect(error.file == scratch("source") && error.location == "tensors")
    #expect(error.found.hasPrefix("at least "), "\(error.found)")
    #expect(error.found.contains("block_sparse_moe.experts."), "\(error.found)")
    #expect(error.expected == "every weight of 512 mixtral blocks")
  }

  /// AutoGPTQ writes a bias of zeros for every module. In each block that has nothing else, eight weights are missing.
  @Test func manyEmptyBiases() throws {
    try QuantizedGolden("gptq-4bit").write(to: "source", in: scratch) { tensors in
      for layer in 1..<512 {
        let module = "model.layers.\(layer).self_attn.q_proj"
        tensors.append(.init("\(module).qweight", "I32", [1], [0, 0, 0, 0]))
        tensors.append(.init("\(module).bias", "F16", [1], [0, 0]))
      }
    }
    var config = try FileSystem.readJSON(scratch("source/config.json")).object()
    config["num_hidden_layers"] = .integer(512)
    try scratch.write(JSON.object(config).text(), to: "source/config.json")
    let error = try refusal(importer())
    #expect(error.found.hasPrefix("\(511 * 8) missing: "), "\(error.found)")
  }

  /// Many settings of RoPE, said both in the way of transformers 4 and of 5.
  @Test(arguments: [false, true]) func manySettingsOfRoPE(isOther: Bool) throws {
    var directory = TinyDirectory()
    let others = (0..<30_000).map { ", \"other_\($0)\": \($0)" }.joined()
    let last = isOther ? 1 : 0
    directory.settings = [
      "\"rope_scaling\": {\"type\": \"default\"\(others), \"last\": 0}",
      "\"rope_parameters\": {\"rope_type\": \"default\"\(others), \"last\": \(last)}",
    ]
    try directory.write(to: scratch)
    guard isOther else {
      #expect(try importer(as: nil).run().configuration.blockCount == 1)
      return
    }
    let error = try refusal(importer(as: nil))
    #expect(error.location == "rope_scaling" && error.found == "others")
  }

  /// Each two regional indicators are a character, so that a step back looks at all before it.
  @Test func nameOfManyRegionalIndicators() throws {
    let name = String(repeating: "\u{1F1E6}", count: 40_000)
    try QuantizedGolden("bnb-nf4").write(to: "source", in: scratch) { tensors in
      tensors.append(.init(name, "F32", [1], [0, 0, 0, 0]))
    }
    let error = try refusal(importer())
    #expect(error.location == "tensors" && error.found.hasPrefix("1 unexpected: "))
  }
}
