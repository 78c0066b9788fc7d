import CleavePartition

extension CutTable {
  /// The table that `cleave inspect --cuts` prints.
  var text: String {
    let states = upload.filter { $0.format != .tokens }
    let tokens = upload.filter { $0.format == .tokens }
    let rows = cuts.filter { $0.fault == nil }.map { cut in
      [
        "\(cut.depth)", cut.edge.weightBytes.formattedBytes, "\(cut.edge.kv.all)",
        cut.cloud.weightBytes.formattedBytes, "\(cut.cloud.kv.all)", cut.hasExit ? "exit" : "",
      ]
    }
    let heads = ["cut after", "edge", "KV/token", "cloud", "KV/token", ""]
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

  private var windowText: String {
    guard let window = cuts.compactMap(\.edge.kv.window).first else { return "" }
    return ", up to the window of \(window) tokens"
  }
}
