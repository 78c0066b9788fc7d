import CleaveModel
import CleavePrompts
import CleaveRuntime
import CleaveStorage

/// The identity of a capture: everything that its bytes depend on, and nothing else. File names are not part
/// of it; the contents of the files are.
struct CaptureKey {
  let settings: JSON
  /// SHA-256 of the settings' compact JSON.
  let key: String

  init(_ plan: CapturePlan, _ manifest: Manifest) throws {
    let data = plan.data
    let common: JSON = [
      "capture_version": .integer(Int64(CaptureManifest.version)),
      "model_id": .string(manifest.modelID),
      "chat_template": Self.template(plan, manifest).map { .string($0) } ?? .null,
      "end_of_text": .array(manifest.tokens.endOfText.map { .integer(Int64($0)) }),
      "numerics": Numerics.standard.json,
      "depths": .array(plan.depths.map { .integer(Int64($0)) }),
      "top_k": .integer(Int64(plan.topK)),
      "texts": .array(try data.texts.map { .string(try Self.digest($0)) }),
      "prompts": .array(try data.prompts.map(Self.json)),
      "excluded": .array(try data.excluded.map(Self.json)),
      "continuation": data.continuation.map(Self.json) ?? .null,
      "longest": .integer(Int64(data.longest)),
      "held_out_one_in": .integer(Int64(data.heldOutOneIn)),
      "seed": .string("\(data.seed)"),
    ]
    let own = data.selfPrompts.map { [("self_prompts", Self.json($0))] } ?? []
    settings = common.adding(own + Self.turns(data))
    key = FileDigest(of: Array(settings.text(pretty: false).utf8)).sha256
  }

  private static func template(_ plan: CapturePlan, _ manifest: Manifest) -> String? {
    plan.data.usesChatTemplate ? manifest.tokens.chatTemplate : nil
  }

  private static func digest(_ path: String) throws -> String {
    try TextInput.digest(of: path).sha256
  }

  private static func json(_ source: FieldSource) throws -> JSON {
    ["sha256": .string(try digest(source.path)), "field": .string(source.field)]
  }

  private static func json(_ source: PromptSource) throws -> JSON {
    [
      "sha256": .string(try digest(source.source.path)), "field": .string(source.source.field),
      "count": source.count.map { .integer(Int64($0)) } ?? .null,
      "before": .string(source.format.before), "after": .string(source.format.after),
    ]
  }

  private static func json(_ own: DataSettings.SelfPrompts) -> JSON {
    [
      "count": .integer(Int64(own.count)), "max_tokens": .integer(Int64(own.maxTokens)),
      "temperature": .real(Double(own.temperature)), "top_k": .integer(Int64(own.topK)),
      "top_p": .real(Double(own.topP)),
    ]
  }

  /// The settings of conversations, which are part of the key where there are any.
  private static func turns(_ data: DataSettings) -> [(String, JSON)] {
    guard data.turns > 1 else { return [] }
    var texts = data.userTexts
    // How many prompts the model writes is said elsewhere.
    texts.count = data.turns
    return [("turns", json(texts))]
  }

  /// Sampling settings count only where tokens are sampled.
  private static func json(_ continuation: DataSettings.Continuation) -> JSON {
    let sampling: JSON = [
      "share": .real(continuation.sampledShare),
      "temperature": .real(Double(continuation.temperature)),
      "top_k": .integer(Int64(continuation.topK)), "top_p": .real(Double(continuation.topP)),
    ]
    return [
      "max_tokens": .integer(Int64(continuation.maxTokens)),
      "sampled": continuation.sampledShare > 0 ? sampling : .null,
    ]
  }
}

extension JSON {
  /// The object with these members after its own: settings that only some captures have.
  fileprivate func adding(_ members: [(String, JSON)]) -> JSON {
    guard case .object(var object) = self else { return self }
    for (name, value) in members { object[name] = value }
    return .object(object)
  }
}
