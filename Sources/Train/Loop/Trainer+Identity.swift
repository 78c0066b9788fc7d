import COpenBLAS
import CleaveKernels
import CleaveModel
import CleaveStorage
import Crypto

extension Trainer {
  /// The identity of a run: the SHA-256 of everything that its results depend on, to the bit. Training
  /// resumes only from a snapshot of the same identity.
  static func identity(
    _ artifact: Artifact, _ store: CaptureStore, _ exits: [ExitRecord], _ start: TrainingStart,
    _ exitTokens: ExitTokens?, _ settings: TrainingSettings, threads: Int
  ) -> String {
    let text = JSON.object(
      JSONObject(
        [
          ("model", .string(artifact.manifest.modelID)), ("capture", .string(store.key)),
          ("exits", .array(exits.map(\.json))), ("start", .string(start.identity(exits, artifact))),
          ("threads", .integer(Int64(threads))), ("tool", .string(CleaveVersion.text)),
          ("kernels", .string(Self.kernels)),
        ] + (exitTokens?.identity ?? []) + settings.identity(of: exits))
    ).text(pretty: false)
    let digest = SHA256.hash(data: Array(text.utf8))
    return digest.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
  }
}

extension Trainer {
  /// The instruction sets in use, because others round differently.
  private static var kernels: String {
    // Attention uses OpenBLAS in either precision.
    "\(String(cString: ck_isa_name())) \(String(cString: openblas_get_corename()))"
  }
}

extension TrainingSettings {
  /// The settings that the weights depend on. One that came later is in it only where it is used, so that
  /// earlier snapshots stand.
  func identity(of exits: [ExitRecord]) -> [(String, JSON)] {
    var identity = settings
    if exits.contains(where: { $0.body.map != nil }) {
      identity.append(("map_rate", .real(mapRate)))
    }
    if !exitWeights.isEmpty {
      identity.append(("exit_weights", .array(exitWeights.map { .real($0) })))
    }
    if exits.contains(where: { $0.feedback != nil }) {
      // The second form of training with two streams: without gradients in the first.
      identity.append(("streams", .integer(2)))
    }
    if feedback != FeedbackDraw() { identity.append(("feedback", feedback.json)) }
    if loss.stateWeight > 0 { identity.append(("state_weight", .real(loss.stateWeight))) }
    if let fit { identity.append(("fit", fit.json)) }
    return identity
  }

  private var settings: [(String, JSON)] {
    [
      ("answer_share", .real(loss.answerShare)), ("focus", .real(loss.focus)),
      ("prompt_weight", .real(loss.promptWeight)),
      ("negatives", loss.negatives.map { .integer(Int64($0)) } ?? .null),
      ("rate", .real(rate)), ("steps", steps.map { .integer(Int64($0)) } ?? .null),
      ("epochs", .real(epochs)), ("time_budget", timeBudget.map { .real($0) } ?? .null),
      ("warm_up", .real(warmUp)), ("batch_tokens", .integer(Int64(batchTokens))),
      ("accumulation", .integer(Int64(accumulation))), ("decay", .real(decay)),
      ("largest_norm", .real(largestNorm)), ("seed", .string("\(seed)")),
      ("evaluations", .integer(Int64(evaluations))),
      ("held_out_tokens", .integer(Int64(heldOutTokens))),
      ("patience", patience.map { .integer(Int64($0)) } ?? .null),
      ("precision", .string(precision.rawValue)),
    ]
  }
}

extension ExitTokens {
  /// What the weights depend on: the tokens follow from the capture and their number.
  fileprivate var identity: [(String, JSON)] {
    [("exit_vocabulary", .integer(Int64(tokens.count))), ("text_tokens", .bool(includesText))]
  }
}
