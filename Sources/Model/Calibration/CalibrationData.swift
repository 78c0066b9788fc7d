/// The identity of some prompts: how many, and the SHA-256 of their contents' digests, each with a line
/// end, in order.
package struct CalibrationData: Equatable, Sendable {
  package var prompts: Int
  package var sha256: String

  package init(prompts: Int, sha256: String) {
    self.prompts = prompts
    self.sha256 = sha256
  }
}
