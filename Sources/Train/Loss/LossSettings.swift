/// What training minimises. See specs/exits.md.
package struct LossSettings: Equatable, Sendable {
  /// Share of the target that lies on the teacher's first choice alone; the rest is the teacher's
  /// distribution. 0 is the divergence from the teacher (KL), 1 the cross-entropy of its answer.
  package var answerShare: Double = 0.5
  /// Tokens count (1 - probability of the teacher's answer)^focus: easy ones do not drown the rest.
  package var focus: Double = 0
  /// Weight of the positions inside a prompt; those of the continuation count 1.
  package var promptWeight: Double = 0.1
  /// Tokens sampled from those that no row's teacher named, to stand for all of them; nil for the whole
  /// vocabulary.
  package var negatives: Int? = 2048

  package init() {}
}
