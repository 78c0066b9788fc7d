import CleaveModel
import CleaveStorage
import TestSupport
import Testing

/// `cleave quantize` with a text, and `cleave imatrix`, as a person runs them.
@Suite struct QuantizeCommandTests {
  private let scratch: Scratch
  private let model: String
  private let data = Golden.path("evaluate/text.txt")

  init() throws {
    scratch = try Scratch()
    model = scratch("model")
    let source = Golden.path("tiny-tied-bf16-sharded")
    #expect(try Command("import", source, "-o", model, "-q").status == 0)
  }

  private func quantize(_ arguments: String...) throws -> Command {
    try Command(["quantize", model, "-o", scratch("out"), "-q"] + arguments)
  }

  @Test func feedback() throws {
    let command = try quantize(
      "--recipe", "q4_0", "--effort", "feedback", "--data", data, "--windows", "3",
      "--window-length", "64", "--json", "--threads", "2")
    #expect(command.status == 0, "\(command.errors)")
    let artifact = try Artifact(opening: scratch("out"))
    let json = try command.json()
    #expect(try json.required("model_id").string() == artifact.manifest.modelID)
    #expect(try json.optional("allocation") == nil)
    let step = try #require(artifact.manifest.provenance.last)
    let settings = Dictionary(uniqueKeysWithValues: step.settings.map { ($0.name, $0.value) })
    #expect(settings["windows"] == "3" && settings["window_length"] == "64")
    let text = try FileDigest(ofFile: data)
    #expect(step.inputs.last?.digest == text)
  }

  @Test func bitsPerWeight() throws {
    let command = try quantize(
      "--target-bpw", "6.5", "--types", "q4_0,Q8_0", "--data", data, "--windows", "2", "--json")
    #expect(command.status == 0, "\(command.errors)")
    let json = try command.json()
    #expect(try json.required("bits_per_weight").number() <= 6.5)
    let allocation = try json.required("allocation")
    // The first 128 tokens of each window.
    #expect(try allocation.required("tokens").int() == 256)
    #expect(try allocation.required("predicted_divergence").number() > 0)
    let tensors = try allocation.required("tensors").elements()
    #expect(tensors.count == 1 + 6 * 7)
    for tensor in tensors {
      #expect(["Q4_0", "Q8_0"].contains(try tensor.required("type").string()))
      #expect(try tensor.required("probe").string() == "Q4_0")
      #expect(try tensor.required("divergence").number() > 0)
    }
    let dry = try Command(
      "quantize", model, "--dry-run", "--target-bpw", "6.5", "--data", data, "--windows", "1", "-q")
    #expect(dry.status == 0 && dry.output.contains("allocated"))
  }

  @Test func importance() throws {
    let arguments = [
      "imatrix", model, "--data", data, "-o", scratch("imatrix"), "--windows", "2",
      "--window-length", "100", "-q",
    ]
    let first = try Command(arguments)
    #expect(first.status == 0)
    #expect(first.output == "\(scratch("imatrix")): importance over 200 tokens\n")
    let again = try Command(arguments)
    #expect(again.status == 2 && again.errors.contains("Use --force"))
    let json = try Command(arguments + ["--force", "--json"]).json()
    #expect(try json.required("tokens").int() == 200)
    #expect(try json.required("data_sha256").string() == FileDigest(ofFile: data).sha256)
    let modelID = try Artifact(opening: model).manifest.modelID
    #expect(try json.required("model_id").string() == modelID)
    let used = try quantize("--recipe", "q4_0", "--imatrix", scratch("imatrix"))
    #expect(used.status == 0, "\(used.errors)")
    let inputs = try #require(Artifact(opening: scratch("out")).manifest.provenance.last?.inputs)
    #expect(inputs.last?.name == "imatrix")
  }

  /// Importance matrices that the gguf package wrote, in both forms (tools/golden/imatrix.py): the
  /// same numbers give the same model.
  @Test func importanceOfLlamaCpp() throws {
    let tiny = scratch("tiny")
    #expect(try Command("import", Golden.path("tiny-f16-linear"), "-o", tiny, "-q").status == 0)
    var models: [String] = []
    for name in ["tiny.gguf", "tiny.dat"] {
      let used = try Command(
        "quantize", tiny, "--recipe", "q4_0", "--imatrix", Golden.path("imatrix/\(name)"), "-o",
        scratch(name), "-q")
      #expect(used.status == 0, "\(used.errors)")
      #expect(used.output.contains("note: \(name) has no entry for token_embedding.weight"))
      models.append(try Artifact(opening: scratch(name)).manifest.modelID)
    }
    let blind = try Command(
      "quantize", tiny, "--recipe", "q4_0", "-o", scratch("blind"), "-q")
    #expect(blind.status == 0 && models[0] == models[1])
    #expect(try Artifact(opening: scratch("blind")).manifest.modelID != models[0])
    let other = try Command(
      "quantize", model, "--recipe", "q4_0", "--imatrix", Golden.path("imatrix/tiny.gguf"), "-o",
      scratch("other"), "-q")
    #expect(other.status == 2 && other.errors.contains("expected"), "\(other.errors)")
  }

  /// Arguments after the model, and what the message says to do.
  static let refusals: [([String], String)] = [
    ([], "expected --recipe or --target-bpw, one of them"),
    (["--recipe", "q4_0", "--target-bpw", "5"], "expected --recipe or --target-bpw, one of them"),
    (["--target-bpw", "0.5"], "--target-bpw 0.5: expected 1 to 32 bits"),
    (["--target-bpw", "nan"], "expected 1 to 32 bits"),
    (["--target-bpw", "5"], "--data: found none; expected a text to run the model on"),
    (["--target-bpw", "5", "--types", "Q4_0,Q9"], "\"Q9\" is not a type, as Q8_0 is"),
    (["--target-bpw", "5", "--types", ""], "\"\" is not a type"),
    (["--target-bpw", "5", "--types", "Q4_0,"], "\"\" is not a type"),
    (["--recipe", "q4_0", "--types", "Q4_0"], "--types needs --target-bpw"),
    (
      ["--recipe", "q4_0", "--effort", "feedback"],
      "--data: found none; expected a text to run the model on"
    ),
    (["--recipe", "q4_0", "--effort", "utmost"], "'plain', 'search' or 'feedback'"),
    (["--recipe", "q4_0", "--windows", "3"], "--windows and --window-length need --data"),
    (["--recipe", "q4_0", "--window-length", "64"], "--windows and --window-length need --data"),
    (["--recipe", "q4_0", "--activations", "float32"], "Unknown option '--activations'"),
  ]

  @Test(arguments: refusals) func whatIsRefused(arguments: [String], text: String) throws {
    let command = try Command(["quantize", model, "-o", scratch("out")] + arguments)
    #expect(command.status == 2 && command.errors.contains(text), "\(command.errors)")
    #expect(command.output.isEmpty && !FileSystem.exists(scratch("out")))
  }

  /// The same of options that go with a text.
  static let refusalsWithText: [([String], String)] = [
    (["--recipe", "q4_0"], "settings that read no text"),
    (["--effort", "feedback", "--recipe", "q4_0", "--windows", "0"], "expected 1 to 1000000"),
    (["--effort", "feedback", "--recipe", "q4_0"], "Give a longer text or ask for fewer windows."),
    (
      ["--effort", "feedback", "--recipe", "q4_0", "--windows", "1", "--window-length", "513"],
      "Give a smaller --window-length."
    ),
    (
      ["--effort", "feedback", "--recipe", "q4_0", "--window-length", "0"],
      "--window-length: found 0; expected at least 4"
    ),
    (
      ["--effort", "feedback", "--recipe", "q4_0", "--windows", "1", "--imatrix", "none"],
      "--imatrix none: found effort feedback, which reads no importance; expected effort search"
    ),
    (["--target-bpw", "4", "--windows", "1"], "Add smaller types to --types."),
    (["--target-bpw", "5", "--windows", "1", "--types", "Q4_K"], "F16 fits everything."),
  ]

  @Test(arguments: refusalsWithText)
  func whatIsRefusedWithAText(arguments: [String], text: String) throws {
    let command = try Command(
      ["quantize", model, "-o", scratch("out"), "--data", data, "-q"] + arguments)
    #expect(command.status == 2 && command.errors.contains(text), "\(command.errors)")
    #expect(command.output.isEmpty && !FileSystem.exists(scratch("out")))
  }

  @Test(arguments: [
    (["--windows", "0"], "expected at least 1"), (["--window-length", "3"], "at least 4"),
    (["--window-length", "513"], "Give a smaller --window-length."),
    (["--windows", "1000"], "Give a longer text or ask for fewer windows."),
    (["--kv-cache", "f32"], "Unknown option '--kv-cache'"),
  ])
  func whatImatrixRefuses(arguments: [String], text: String) throws {
    let command = try Command(
      ["imatrix", model, "--data", data, "-o", scratch("imatrix"), "-q"] + arguments)
    #expect(command.status == 2 && command.errors.contains(text), "\(command.errors)")
    #expect(!FileSystem.exists(scratch("imatrix")))
  }
}
