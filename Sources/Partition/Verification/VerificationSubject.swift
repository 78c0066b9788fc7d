import CleaveModel
import CleaveRuntime

/// Generates tokens with bundles under verification, and with the whole model as the reference.
/// `VerifiedArtifacts` runs real artifacts; tests replace it by one that gives wrong answers, to
/// check that each check can fail.
package protocol VerificationSubject: AnyObject {
  var prompts: [[Int]] { get }
  var exits: [ExitRecord] { get }
  /// The whole model's greedy tokens.
  func wholeModel(_ prompt: [Int]) async throws -> [Int]
  /// The bundles' tokens with all exits off.
  func exitsOff(_ prompt: [Int]) async throws -> [Int]
  /// All answers at the shipped thresholds, and what went over the link.
  func shipped(_ prompt: [Int], standalone: Bool) async throws -> ShippedAnswers
  /// The whole model's token at the position of each of `tokens` after the prompt.
  func teacherForced(_ prompt: [Int], _ tokens: [Int]) async throws -> [Int]
  /// The tokens of each exit after each of the last `count` tokens of a text, if each block before it has run on each
  /// token.
  ///
  /// - Parameter asked: for each of these places the position that the cloud was last asked about, 0 where it was
  ///   not: hidden states before it have come back.
  func exitTokens(after text: [Int], last count: Int, asked: [Int]) async throws -> [[Int]]
}

/// What bundles answered to a prompt, with the bytes to and from the cloud.
package struct ShippedAnswers: Sendable {
  package let answers: [Answer]
  package let bytesUp: Int
  package let bytesDown: Int

  package init(answers: [Answer], bytesUp: Int = 0, bytesDown: Int = 0) {
    self.answers = answers
    self.bytesUp = bytesUp
    self.bytesDown = bytesDown
  }
}
