import CleaveStorage

extension PromptLoss {
  /// The name of the loss in artifacts. A program is recorded by its digest only, because a command
  /// line may contain paths and secrets, and is never run from an artifact.
  package var recorded: String {
    guard case .command(let program) = self else { return description }
    return "command:sha256-\(FileDigest(of: Array(program.utf8)).sha256.prefix(16))"
  }
}
