import CleaveStorage

/// The answer of one mode to one prompt, with its costs.
struct PaperResponse {
  /// Token ids of the answer, including the one that ended it.
  let tokens: [Int]
  let text: String
  let end: String
  /// The number of cloud requests.
  let requests: Int
  /// Seconds from the request to the last token.
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
