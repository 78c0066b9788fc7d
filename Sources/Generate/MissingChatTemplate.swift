import CleaveStorage

/// A model was asked to chat and its artifact has no chat template.
package struct MissingChatTemplate: ExitStatusError, Equatable {
  /// Path of the artifact.
  package let artifact: String

  package var description: String { "\(artifact) has no chat template; run without --chat" }
  package var exitStatus: ExitStatus { .badInput }
}
