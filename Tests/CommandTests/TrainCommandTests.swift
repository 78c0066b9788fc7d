import CleaveModel
import Foundation
import TestSupport
import Testing

/// `cleave train`, as a person runs it.
@Suite struct TrainCommandTests {
  private let data: TrainCommandData
  private var scratch: Scratch { data.scratch }

  init() throws { data = try TrainCommandData() }

  @Test func tailsInPlaceOfBlocksFromEndToEnd() throws {
    let arguments = data.train("out", ["--steps", "6", "--json", "-q"])
    let train = try Command(arguments)
    #expect(train.status == 0 && train.errors.isEmpty, "\(train.errors)")
    let json = try train.json()
    #expect(try json.required("end").string() == "finished")
    #expect(try json.required("history").elements().count >= 2)
    let exits = try json.required("exits").elements()
    #expect(try exits.map { try $0.required("depth").int() } == [2, 4])
    for exit in exits {
      #expect(try (0...1).contains(exit.required("held_out").required("agreement").number()))
      let record = try exit.required("record")
      #expect(try record.required("trained").bool() && !record.required("calibrated").bool())
    }
    let manifest = try Artifact(opening: scratch("out")).manifest
    for file in manifest.files where file.path.hasPrefix("exits/") {
      // Rows of 64 and 96 are whole blocks.
      #expect(file.tensors.allSatisfy { $0.type == ($0.shape.count == 1 ? .f32 : .q8_0) })
    }
    #expect(manifest.file(ArtifactLayout.trainingData) != nil)
    try checkBundles()
    try checkEvaluation()
  }

  private func checkBundles() throws {
    let partition = try Command(
      "partition", scratch("out"), "--edge", scratch("edge"), "--cloud", scratch("cloud"))
    #expect(partition.status == 0, "\(partition.errors)")
    let edge = try Artifact(opening: scratch("edge")).manifest
    #expect(edge.blocks == 0..<2)
    #expect(edge.file(ArtifactLayout.block(1)) != nil && edge.file(ArtifactLayout.block(2)) == nil)
    #expect(edge.file(ArtifactLayout.trainingData) == nil)
    #expect(!FileManager.default.fileExists(atPath: scratch("edge/training-data.json")))
    let verify = try Command(
      "verify", scratch("edge"), scratch("cloud"), "--model", scratch("out"), "--max-tokens", "8",
      "-q")
    #expect(verify.status == 0, "\(verify.output)")
    #expect(verify.output.contains("edge holds blocks 0..<2 and 2 in tails, cloud 2..<6"))
    #expect(
      verify.output.contains("pass  exactness: 0 of 192 tokens differ over 24 prompts, exits off"))
  }

  /// Nothing that had a part in training judges it, held out or not.
  private func checkEvaluation() throws {
    func evaluate(_ file: String) throws -> Command {
      try Command(
        "exits", "eval", scratch("out"), "--prompts", scratch(file) + ":text", "--max-tokens",
        "4", "--json", "-q")
    }
    for index in [0, 7, 29] {
      try data.write([data.texts[index]], to: "seen.jsonl")
      let refused = try evaluate("seen.jsonl")
      #expect(refused.status == 2)
      #expect(refused.errors.contains("were not trained on"), "\(refused.errors)")
    }
    try data.write(["Something else"], to: "new.jsonl")
    #expect(try evaluate("new.jsonl").status == 0)
  }

  /// From a vocabulary that was counted to bundles that keep to it, calibrated and rounded on the way.
  @Test func anExitVocabularyFromEndToEnd() throws {
    let train = try Command(data.train("out", ["--steps", "6", "--exit-vocabulary", "48"]))
    #expect(train.status == 0, "\(train.errors)")
    #expect(train.errors.contains("exit vocabulary: 48 tokens, which are "), "\(train.errors)")
    let judge = try Command(
      "exits", "eval", scratch("out"), "--prompts", try unseen("judge.jsonl"), "--max-tokens", "4",
      "-q")
    #expect(judge.status == 0, "\(judge.errors)")
    let quantize = try Command(
      "quantize", scratch("out"), "-o", scratch("small"), "--recipe", "q8_0", "-q")
    #expect(quantize.status == 0, "\(quantize.errors)")
    let calibrate = try Command(
      "calibrate", scratch("small"), "--prompts", try unseen("more.jsonl", count: 60), "--risk",
      "0.5", "--max-tokens", "4", "-o", scratch("calibrated"), "-q")
    #expect(calibrate.status == 0, "\(calibrate.errors)")
    let inspect = try Command("inspect", scratch("calibrated")).output
    #expect(inspect.contains("exit vocabulary: 48 of 320 tokens, with the text's own, "))
    #expect(!inspect.contains("VOID"))
    let partition = try Command(
      "partition", scratch("calibrated"), "--edge", scratch("edge"), "--cloud", scratch("cloud"))
    #expect(partition.output.contains("The edge's exit vocabulary: 48 of 320 tokens"))
    let verify = try Command(
      "verify", scratch("edge"), scratch("cloud"), "--model", scratch("calibrated"),
      "--max-tokens", "8", "-q")
    #expect(verify.status == 0, "\(verify.output)")
    let run = try Command("run", scratch("edge"), "-p", "Number 7", "--max-tokens", "4", "--json")
    #expect(run.status == 0, "\(run.errors)")
    let export = try Command(
      "export", "gguf", scratch("out"), "--exit", "2", "-o", scratch("out.gguf"))
    #expect(export.status == 2 && export.errors.contains("an exit with a vocabulary of 48 tokens"))
  }

  /// Prompts that nobody has seen.
  private func unseen(_ name: String, count: Int = 3) throws -> String {
    try data.write((0..<count).map { "\(name) says \($0)" }, to: name)
    return scratch(name) + ":text"
  }

  @Test func aVocabularyThatCannotBeIsRefused() throws {
    for (count, text) in [
      ("321", "--exit-vocabulary 321: found a model of 320 tokens; expected at most as many"),
      ("1", "--exit-vocabulary 1: found "),
    ] {
      let train = try Command(data.train("out", ["--steps", "2", "--exit-vocabulary", count]))
      #expect(train.status == 2 && train.errors.contains(text), "\(train.errors)")
      #expect(!FileManager.default.fileExists(atPath: scratch("out")))
    }
  }

  @Test func theReportIsForPeople() throws {
    let train = try Command(
      data.train("out", ["--steps", "4", "--body", "affine:8,tail:1", "--store", "f16"]))
    #expect(train.status == 0, "\(train.errors)")
    for text in [
      "exit 2, affine:8: agreement ", "exit 4, tail:1: ", "temperature", "not calibrated",
    ] {
      #expect(train.output.contains(text), "\(text)")
    }
    for text in [
      "prompts.jsonl:text: 30 texts of 30 (", "capture takes ", "parameters on ",
      "held out  step 4/4",
    ] {
      #expect(train.errors.contains(text), "\(text) in \(train.errors)")
    }
    let inspect = try Command("inspect", scratch("out")).output
    #expect(inspect.contains("after 4 blocks: tail:1 on the exit before, max_probability from 0.9"))
    #expect(inspect.contains("train (cleave"))
  }

  /// The states of one training are enough for another.
  @Test func aCaptureIsLearntFromAgain() throws {
    #expect(try Command(data.train("out", ["--steps", "2", "-q"])).status == 0)
    let again = [
      "train", scratch("model"), "--at", "2", "--body", "mlp", "--capture",
      scratch("out.train/capture"), "--steps", "2", "--batch-tokens", "128", "-o",
    ]
    let train = try Command(again + [scratch("more")])
    #expect(train.status == 0 && !train.errors.contains("capture"), "\(train.errors)")
    try scratch.edit("out.train/capture/capture.json", "\"model_id\": \"", "\"model_id\": \"0")
    let other = try Command(again + [scratch("other")])
    #expect(other.status == 2 && other.errors.contains("model_id: found 0"), "\(other.errors)")
    #expect(!FileManager.default.fileExists(atPath: scratch("other")))
  }
}

/// A tiny model with a chat template that is known, and prompts.
struct TrainCommandData {
  let scratch: Scratch
  let texts = (0..<30).map { index in
    "Number \(index)" + String(repeating: " and the \(index * 7919 % 101)", count: index % 9)
  }

  init() throws {
    scratch = try Scratch()
    let source = try scratch.copy(
      directory: Golden.path("tiny-tied-bf16-sharded"), to: "checkpoint")
    try scratch.write(
      "{% for message in messages %}{{'<|im_start|>' + message['role'] + '\n' + message['content']"
        + " + '<|im_end|>' + '\n'}}{% endfor %}{% if add_generation_prompt %}"
        + "{{ '<|im_start|>assistant\n' }}{% endif %}", to: "checkpoint/chat_template.jinja")
    let imported = try Command("import", source, "-o", scratch("model"), "-q")
    #expect(imported.status == 0, "\(imported.errors)")
    try write(texts, to: "prompts.jsonl")
  }

  func write(_ texts: [String], to name: String) throws {
    try scratch.write(texts.map { "{\"text\":\"\($0)\"}\n" }.joined(), to: name)
  }

  /// Two exits, the second going on from the first.
  func train(_ output: String, _ more: [String]) -> [String] {
    [
      "train", scratch("model"), "--at", "2,4", "--replace", "--prompts",
      scratch("prompts.jsonl") + ":text", "--self-generate", "16", "--longest", "96",
      "--held-out-one-in", "4", "--batch-tokens", "128", "--accumulation", "1", "--evaluations",
      "4", "--patience", "0", "--precision", "float32", "--threads", "2", "-o", scratch(output),
    ] + (more.contains("--body") ? [] : ["--body", "tail:1"]) + more
  }
}
