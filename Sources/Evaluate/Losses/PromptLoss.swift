/// A loss of the text generated for a prompt, from 0 to 1 (specs/calibration.md).
package enum PromptLoss: Equatable, Sendable, CustomStringConvertible {
  /// The share of tokens that differ from the whole model's at the same position.
  case disagreement
  /// 1 for any text that differs from the whole model's.
  case mismatch
  /// 1 minus the ROUGE-L of the text and the whole model's.
  case rouge
  /// 1 minus the best ROUGE-L of the text and a reference.
  case referenceRouge
  /// The difference by which the best ROUGE-L to a reference is lower than the whole model's, at
  /// least 0.
  case rougeDrop
  /// 1 if the whole model's text contains a reference answer and this text contains none.
  case accuracyDrop
  /// The loss that a program prints, run with `/bin/sh -c`.
  case command(String)

  private static let named: [(name: String, loss: PromptLoss)] = [
    ("disagreement", .disagreement), ("mismatch", .mismatch), ("rouge", .rouge),
    ("reference-rouge", .referenceRouge), ("rouge-drop", .rougeDrop),
    ("accuracy-drop", .accuracyDrop),
  ]
  private static let prefix = "command:"

  /// - Returns: nil for an unknown name or a blank command.
  package init?(text: String) {
    if let loss = Self.named.first(where: { $0.name == text })?.loss {
      self = loss
      return
    }
    guard text.hasPrefix(Self.prefix) else { return nil }
    let program = String(text.dropFirst(Self.prefix.count))
    // The kernel would end the command at a NUL.
    guard program.contains(where: { !$0.isWhitespace }), !program.utf8.contains(0) else {
      return nil
    }
    self = .command(program)
  }

  package var description: String {
    if case .command(let program) = self { return Self.prefix + program }
    return Self.named.first { $0.loss == self }?.name ?? ""
  }

  /// Whether the loss is always 0 or 1.
  package var isBinary: Bool { self == .mismatch || self == .accuracyDrop }

  /// Whether the loss compares with references.
  package var needsReferences: Bool {
    [.referenceRouge, .rougeDrop, .accuracyDrop].contains(self)
  }
}
