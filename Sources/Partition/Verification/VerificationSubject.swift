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
  /// All answers at the shipped thresholds, and the number of bytes sent to the cloud.
  func shipped(
    _ prompt: [Int], standalone: Bool
  ) async throws -> (answers: [Answer], bytesUp: Int)
  /// The whole model's token at the position of each of `tokens` after the prompt.
  func teacherForced(_ prompt: [Int], _ tokens: [Int]) async throws -> [Int]
  /// The answer of an exit after `text`, if each block before it has run on each token.
  func exitAlone(depth: Int, after text: [Int]) async throws -> Int
}
