import CleaveKernels
import CleaveModel

/// What the person asked for.
public struct QuantizationSettings: Sendable {
  public enum Effort: String, CaseIterable, Sendable {
    /// Scales from the extremes, every weight to the nearest.
    case plain
    /// Scales of the least weighted squared error.
    case search

    var kernelEffort: ck_effort { self == .plain ? CK_PLAIN : CK_SEARCH }
  }

  public var recipe: Recipe
  public var overrides: [TensorOverride] = []
  /// For matrices of the exits.
  public var exits: TensorType?
  /// Whether what is in blocks already may be rounded once more.
  public var allowRequantize = false
  public var effort = Effort.search
  /// An importance file; `search` only.
  public var importance: String?

  public init(recipe: Recipe) { self.recipe = recipe }
}
