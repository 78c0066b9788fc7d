import CleaveModel
import CleavePartition

extension CutTable {
  /// The table that `cleave inspect --cuts` prints.
  var text: String {
    let states = upload.filter { $0.format != .tokens }
    let tokens = upload.filter { $0.format == .tokens }
    let rows = cuts.filter { $0.fault == nil }.map { cut in
      [
        "\(cut.depth)", cut.edge.weightBytes.formattedBytes, memory(cut.edge.kv),
        cut.cloud.weightBytes.formattedBytes, memory(cut.cloud.kv), cut.hasExit ? "exit" : "",
      ]
    }
    let kept = hasStates ? "KV/token + states" : "KV/token"
    let heads = ["cut after", "edge", kept, "cloud", kept, ""]
    var lines = [
      "upload of a hidden state, bytes per token: "
        + states.map { "\($0.format.rawValue) \($0.bytes)" }.joined(separator: ", "),
      "upload of tokens, to a cloud of all blocks: "
        + tokens.map { "\($0.bytes)" }.joined(separator: ", "),
      "the cloud also needs: " + cloudNeeds.map(\.rawValue).joined(separator: ", "),
      "KV cache in bytes of float32" + windowText, "", table([heads] + rows), "",
    ]
    lines += cuts.compactMap { cut in
      cut.fault.map { "no cut after \(cut.depth) blocks: \($0.reason)" }
    }
    return lines.joined(separator: "\n")
  }

  /// Whether some blocks keep a state, whose size does not follow the text's length.
  private var hasStates: Bool { cuts.contains { $0.edge.kv.fixed > 0 } }

  private func memory(_ kv: KVBytes) -> String {
    hasStates ? "\(kv.all) + \(kv.fixed)" : "\(kv.all)"
  }

  private var windowText: String {
    guard let window = cuts.compactMap(\.edge.kv.window).first else { return "" }
    return ", up to the window of \(window) tokens"
  }
}
