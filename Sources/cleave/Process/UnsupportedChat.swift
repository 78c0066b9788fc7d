import CleaveStorage

/// A bundle has no chat template.
struct UnsupportedChat: ExitStatusError {
  let description: String
  var exitStatus: ExitStatus { .badInput }
}
