import CleaveStorage

extension PromptLoss {
  /// As artifacts name it. Of a program the digest alone: a command line may hold paths and secrets, and
  /// nobody runs it from there.
  package var recorded: String {
    guard case .command(let program) = self else { return description }
    return "command:sha256-\(FileDigest(of: Array(program.utf8)).sha256.prefix(16))"
  }
}
