/// How bad a prompt's text is, from 0 to 1 (specs/calibration.md).
package enum PromptLoss: Equatable, Sendable, CustomStringConvertible {
  /// The share of tokens that are not the whole model's at their place.
  case disagreement
  /// 1 for any text but the whole model's.
  case mismatch
  /// 1 - ROUGE-L to the whole model's text.
  case rouge
  /// 1 - the best ROUGE-L to a reference.
  case referenceRouge
  /// How much lower than the whole model's the best ROUGE-L to a reference is.
  case rougeDrop
  /// 1 where the whole model's text has a reference and this one has none.
  case accuracyDrop
  /// What a program says, run as `/bin/sh -c`.
  case command(String)

  private static let named: [(name: String, loss: PromptLoss)] = [
    ("disagreement", .disagreement), ("mismatch", .mismatch), ("rouge", .rouge),
    ("reference-rouge", .referenceRouge), ("rouge-drop", .rougeDrop),
    ("accuracy-drop", .accuracyDrop),
  ]
  private static let prefix = "command:"

  /// - Returns: nil for a name that is none of them, and for a command that is blank.
  package init?(text: String) {
    if let loss = Self.named.first(where: { $0.name == text })?.loss {
      self = loss
      return
    }
    guard text.hasPrefix(Self.prefix) else { return nil }
    let program = String(text.dropFirst(Self.prefix.count))
    // The kernel would take the program to end at a NUL.
    guard program.contains(where: { !$0.isWhitespace }), !program.utf8.contains(0) else {
      return nil
    }
    self = .command(program)
  }

  package var description: String {
    if case .command(let program) = self { return Self.prefix + program }
    return Self.named.first { $0.loss == self }?.name ?? ""
  }

  /// Whether it is never but 0 or 1.
  package var isBinary: Bool { self == .mismatch || self == .accuracyDrop }

  package var needsReferences: Bool {
    [.referenceRouge, .rougeDrop, .accuracyDrop].contains(self)
  }
}
