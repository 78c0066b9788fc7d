import CleaveKernels
import CleaveModel

/// What the person asked for.
public struct QuantizationSettings: Sendable {
  public enum Effort: String, CaseIterable, Sendable {
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
  public enum Goal: Equatable, Sendable {
    case recipe(Recipe)
    /// Bits over all weights, spent among these types where they matter. Needs a text.
    case bitsPerWeight(Double, among: [TensorType])
  }

  /// A text to run the model on.
  public struct Text: Equatable, Sendable {
    public var path: String
    /// The first of the text, of `windowLength` tokens each.
    public var windows = 32
    public var windowLength = 512

    public init(path: String) { self.path = path }
  }

  public var goal: Goal
  public var overrides: [TensorOverride] = []
  /// For matrices of the exits.
  public var exits: TensorType?
  /// Whether what is in blocks already may be rounded once more.
  public var allowRequantize = false
  public var effort = Effort.search
  /// An importance file; `search` only.
  public var importance: String?
  public var text: Text?

  public init(recipe: Recipe) { goal = .recipe(recipe) }

  public init(bitsPerWeight: Double, among types: [TensorType] = Self.standardTypes) {
    goal = .bitsPerWeight(bitsPerWeight, among: types)
  }

  /// What a number of bits is spent among unless somebody says otherwise.
  public static let standardTypes: [TensorType] = [
    .q4_0, .q4_1, .q5_0, .q5_1, .q8_0, .q4_K, .q5_K, .q6_K,
  ]

  var needsText: Bool {
    if case .bitsPerWeight = goal { return true }
    return effort == .feedback
  }
}
