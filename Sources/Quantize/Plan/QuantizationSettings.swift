import CleaveKernels
import CleaveStorage

/// The user's settings for a quantization.
package struct QuantizationSettings: Sendable {
  /// The method of rounding.
  package enum Effort: String, CaseIterable, Sendable {
    /// Takes scales from the extremes of a block and rounds each weight to the nearest value.
    case plain
    /// Searches for the scales with the least weighted squared error.
    case search
    /// Searches as above, one block of the model after another, and lets later columns compensate
    /// for each rounding error (GPTQ, arXiv 2210.17323). Requires a text.
    case feedback

    var kernelEffort: ck_effort { self == .plain ? CK_PLAIN : CK_SEARCH }
  }

  /// The rule that decides the types.
  package enum Goal: Equatable, Sendable {
    case recipe(Recipe)
    /// An average number of bits over all weights, spent among the given types where they reduce
    /// the divergence most. Requires a text.
    case bitsPerWeight(Double, among: [TensorType])
  }

  /// A text on which the model runs.
  package struct Text: Equatable, Sendable {
    package var path: String
    /// The number of windows from the start of the text, each of `windowLength` tokens.
    package var windows = 32
    package var windowLength = 512

    package init(path: String) { self.path = path }
  }

  package var goal: Goal
  package var overrides: [TensorOverride] = []
  /// Whether weights that are already quantized may be rounded again.
  package var allowRequantize = false
  package var effort = Effort.search
  /// The path of an importance file, used only by the effort `search`.
  package var importance: String?
  package var text: Text?

  package init(recipe: Recipe) { goal = .recipe(recipe) }

  package init(bitsPerWeight: Double, among types: [TensorType] = Self.standardTypes) {
    goal = .bitsPerWeight(bitsPerWeight, among: types)
  }

  /// The default types for a number of bits.
  package static let standardTypes: [TensorType] = [
    .q4_0, .q4_1, .q5_0, .q5_1, .q8_0, .q4_K, .q5_K, .q6_K,
  ]

  var needsText: Bool {
    if case .bitsPerWeight = goal { return true }
    return effort == .feedback
  }
}
