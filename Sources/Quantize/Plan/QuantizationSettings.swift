import CleaveKernels
import CleaveStorage

/// What the person asked for.
package struct QuantizationSettings: Sendable {
  package enum Effort: String, CaseIterable, Sendable {
    /// Scales from the extremes, every weight to the nearest.
    case plain
    /// Scales of the least weighted squared error.
    case search
    /// As search, block after block of the model, every rounding error made up for by the columns
    /// after it (GPTQ). Needs a text.
    case feedback

    var kernelEffort: ck_effort { self == .plain ? CK_PLAIN : CK_SEARCH }
  }

  /// What decides the types.
  package enum Goal: Equatable, Sendable {
    case recipe(Recipe)
    /// Bits over all weights, spent among these types where they matter. Needs a text.
    case bitsPerWeight(Double, among: [TensorType])
  }

  /// A text to run the model on.
  package struct Text: Equatable, Sendable {
    package var path: String
    /// The first of the text, of `windowLength` tokens each.
    package var windows = 32
    package var windowLength = 512

    package init(path: String) { self.path = path }
  }

  package var goal: Goal
  package var overrides: [TensorOverride] = []
  /// Whether what is in blocks already may be rounded once more.
  package var allowRequantize = false
  package var effort = Effort.search
  /// An importance file; `search` only.
  package var importance: String?
  package var text: Text?

  package init(recipe: Recipe) { goal = .recipe(recipe) }

  package init(bitsPerWeight: Double, among types: [TensorType] = Self.standardTypes) {
    goal = .bitsPerWeight(bitsPerWeight, among: types)
  }

  /// What a number of bits is spent among unless somebody says otherwise.
  package static let standardTypes: [TensorType] = [
    .q4_0, .q4_1, .q5_0, .q5_1, .q8_0, .q4_K, .q5_K, .q6_K,
  ]

  var needsText: Bool {
    if case .bitsPerWeight = goal { return true }
    return effort == .feedback
  }
}
