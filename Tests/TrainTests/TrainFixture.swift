import CleaveConvert
import CleaveModel
import CleavePrompts
import CleaveRuntime
import CleaveStorage
import CleaveTrain
import TestSupport

/// A tiny model and small data.
struct TrainFixture {
  let scratch: Scratch

  init() throws { scratch = try Scratch() }

  /// The tiny Llama with a chat template that is known.
  func model() throws -> Artifact {
    _ = try scratch.copy(directory: Golden.path("tiny-llama3-f32"), to: "checkpoint")
    try scratch.write(
      """
      {% for message in messages %}{{'<|im_start|>' + message['role'] + '\\n' + message['content'] + \
      '<|im_end|>' + '\\n'}}{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}\
      {% endif %}
      """, to: "checkpoint/chat_template.jinja")
    _ = try Importer(source: scratch("checkpoint"), target: scratch("model")).run()
    return try Artifact(opening: scratch("model"))
  }

  /// A JSON-lines file of texts in the field `text`.
  @discardableResult
  func write(_ texts: [String], to name: String) throws -> String {
    let lines = texts.map { text in
      JSON.object(JSONObject([("id", 1), ("text", .string(text))])).text(pretty: false) + "\n"
    }
    return try scratch.write(lines.joined(), to: name)
  }

  /// Prompts that differ, of growing length.
  static func texts(_ count: Int) -> [String] {
    (0..<count).map { index in
      "Number \(index)" + String(repeating: " and the \(index * 7919 % 101)", count: index % 9)
    }
  }

  func settings(_ texts: [String], format: String = "Say: {text}!") throws -> DataSettings {
    let path = try write(texts, to: "prompts.jsonl")
    var settings = DataSettings()
    settings.prompts = [try PromptSource(parsing: "\(path):text:\(format)")]
    settings.longest = 96
    settings.heldOutOneIn = 4
    return settings
  }

  /// Continuations both greedy and drawn, of the model that `model()` has made.
  func plan(_ name: String = "store", texts: [String]) throws -> CapturePlan {
    var data = try settings(texts)
    data.continuation = .init(maxTokens: 20, sampledShare: 0.4)
    var plan = CapturePlan(
      model: scratch("model"), directory: scratch(name), data: data, depths: [0, 2, 5])
    plan.topK = 7
    plan.threads = 2
    return plan
  }

  /// The files of a store, written again from a reading of its finished texts.
  func readAgain(
    _ store: CaptureStore, _ plan: CapturePlan, _ artifact: Artifact
  ) throws -> String {
    let texts = try store.sequences.enumerated().map { index, record in
      TrainingText(
        tokens: try store.read(index).tokens.map(Int.init), promptLength: record.promptLength,
        digest: record.digest, split: record.split, source: record.source)
    }
    let pass = try TeacherPass(
      try WholeModel(artifact), store.configuration, modelPath: artifact.path,
      longest: plan.data.longest, pool: try ThreadPool(threads: 1))
    var writer = try CaptureWriter(
      scratch("again"), store.configuration, sources: [], limit: 1 << 30, force: false)
    try pass.run(texts) { try writer.append(texts[$0], states: $1, top: $2) }
    try writer.finish(key: store.key, settings: .null)
    return scratch("again")
  }
}
