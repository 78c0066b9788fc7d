import CleaveStorage

/// What one mode made of one prompt.
struct PaperResponse {
  /// The token that ended the text included.
  let tokens: [Int]
  let text: String
  let end: String
  /// Answers that the cloud gave.
  let requests: Int
  /// Seconds from the question to the last token.
  let total: Double
  let costs: VirtualClock.Costs

  var json: JSON {
    [
      "text": .string(text), "end": .string(end),
      "tokens": .array(tokens.map { .integer(Int64($0)) }),
      "requests": .integer(Int64(requests)), "total_seconds": .real(total),
      "edge_seconds": .real(costs.edge), "cloud_seconds": .real(costs.cloud),
      "communication_seconds": .real(costs.communication),
      "bytes_up": .integer(Int64(costs.bytesUp)), "bytes_down": .integer(Int64(costs.bytesDown)),
    ]
  }
}
