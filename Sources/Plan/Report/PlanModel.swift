/// What a report says of a model whose deployments were played.
package struct PlanModel: Equatable, Sendable {
  package let name: String
  /// The depths of its exits, and its number of blocks behind them.
  package let depths: [Int]
}
