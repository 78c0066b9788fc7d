/// The settings of the loss that training minimises. specs/exits.md has the formulas.
package struct LossSettings: Equatable, Sendable {
  /// The share of the target that lies on the teacher's most probable token alone; the rest is the teacher's
  /// distribution. 0 is the divergence from the teacher (KL), 1 the cross-entropy of its token.
  package var answerShare: Double = 0.5
  /// The exponent f of the weight (1 - p)^f of a token, p being the probability of the teacher's token. Above
  /// 0, easy tokens count less (focal loss, Lin et al., arXiv 1708.02002).
  package var focus: Double = 0
  /// The weight of positions inside a prompt; positions of the answer have weight 1.
  package var promptWeight: Double = 0.1
  /// The weight of the loss of an exit's last hidden state beside that of its tokens; 0 leaves it out.
  package var stateWeight: Double = 0
  /// The number of tokens sampled from those that are not among the teacher's best at any row, to stand for
  /// all of them; nil for the whole vocabulary.
  package var negatives: Int? = 2048

  package init() {}
}
