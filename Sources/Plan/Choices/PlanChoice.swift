import CleaveRuntime

/// One way to deploy a model: who answers, from which confidence on, and what goes over the link.
package struct PlanChoice: Equatable, Sendable {
  package enum Mode: String, CaseIterable, Sendable {
    /// The whole model runs in the cloud, for the tokens of a text one after another; the device shows them.
    case cloudOnly = "cloud-only"
    /// The edge alone; the last exit answers where none is sure.
    case standalone
    /// Exits that are sure answer, else the cloud.
    case collaborative
    /// Exits draft and the cloud verifies: the text is the whole model's.
    case lossless

    /// Whether every token is what the cloud says.
    package var isVerified: Bool { self == .cloudOnly || self == .lossless }
    package var hasCloud: Bool { self != .standalone }
    package var hasEdge: Bool { self != .cloudOnly }
  }

  package var mode: Mode
  /// The exits that the edge has: so many from the first on.
  package var exits: Int
  /// The exits behind them that a tier between has; 0 without one.
  package var middleExits: Int
  /// One threshold for each of both; nil switches it off.
  package var thresholds: [Double?]
  /// How the thresholds were chosen.
  package var rule: String
  /// The most tokens that exits draft before the cloud verifies them; 0 where the text need not be the model's.
  package var longestDraft: Int
  /// How many tokens the edge goes on from its drafts while a request is pending.
  package var lookAhead: Int
  /// What goes up for a position.
  package var upload: StatesEncoding

  package init(
    mode: Mode, exits: Int = 0, middleExits: Int = 0, thresholds: [Double?] = [], rule: String = "",
    longestDraft: Int = 0, lookAhead: Int = 0, upload: StatesEncoding = .float32
  ) {
    precondition(thresholds.count == exits + middleExits, "a threshold for each exit")
    self.mode = mode
    self.exits = exits
    self.middleExits = middleExits
    self.thresholds = thresholds
    self.rule = rule
    self.longestDraft = longestDraft
    self.lookAhead = lookAhead
    self.upload = upload
  }
}
