import CleaveStorage

/// The memory of a session's keys and values and of its blocks' states, in bytes of float32.
package struct KVBytes: Equatable, Sendable {
  /// Bytes of one token in the blocks that keep every position.
  package var perToken: Int
  /// Bytes of one token in the blocks that a window limits.
  package var perTokenInWindow: Int
  /// Positions of the window; nil where no block has one.
  package var window: Int?
  /// Bytes of the blocks with a state, however long the session is (`StateMemory.standardReach`).
  package var fixed: Int

  package init(perToken: Int, perTokenInWindow: Int, window: Int? = nil, fixed: Int = 0) {
    self.perToken = perToken
    self.perTokenInWindow = perTokenInWindow
    self.window = window
    self.fixed = fixed
  }

  /// Bytes of one token in all blocks.
  package var all: Int { perToken + perTokenInWindow }

  /// Bytes of a session of so many tokens that drops the positions no query can see any more.
  package func total(tokens: Int) -> Int {
    perToken * tokens + perTokenInWindow * min(tokens, window ?? tokens) + fixed
  }
}

extension KVBytes {
  /// The form in a manifest: what a token adds while the window is not full, and what the blocks with a
  /// window hold when it is.
  var json: JSON {
    var object: JSONObject = JSONObject([
      ("element_type", "f32"), ("bytes_per_token", .integer(Int64(all))),
    ])
    if let window {
      object["window"] = .integer(Int64(window))
      object["bytes_per_token_beyond_window"] = .integer(Int64(perToken))
      object["bytes_per_window"] = .integer(Int64(perTokenInWindow * window))
    }
    if fixed > 0 { object["bytes_of_states"] = .integer(Int64(fixed)) }
    return .object(object)
  }
}
