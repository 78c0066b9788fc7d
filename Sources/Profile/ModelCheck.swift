import CleaveModel
import CleaveRuntime
import CleaveStorage

/// Runs a model on this machine beside what a profile of it predicts.
package struct ModelCheck {
  /// A part of the model at so many columns.
  package struct Row: Sendable {
    package let part: String
    package let columns: Int
    package let predicted: Double
    package let measured: Double

    /// The prediction's error as a share of what was measured.
    package var error: Double { predicted / measured - 1 }
  }

  /// Positions before those that are timed.
  private static let context = 16
  private static let columns = [1, 8, 64, 256]
  private static let rounds = 5

  private let model: WholeModel
  private let cost: ModelCost
  private let pool: ThreadPool

  /// - Throws: `InputError` for another artifact than a whole model, and where the profile lacks its types.
  package init(_ artifact: Artifact, on profile: DeviceProfile, threads: Int) throws {
    cost = try ModelCost(artifact.manifest, on: profile, threads: threads)
    model = try WholeModel(artifact)
    pool = try ThreadPool(threads: threads)
  }

  /// - Returns: all blocks at 1, 8, 64 and 256 columns, as far as the model has positions for them, and the head for
  ///   one row.
  package func run() async throws -> [Row] {
    var (rows, heads) = ([Row](), [Double]())
    let most = model.manifest.configuration.contextLength - Self.context
    for columns in Self.columns where columns <= most {
      var times: [Double] = []
      for _ in 0..<Self.rounds {
        let (blocks, head) = try await time(columns: columns)
        times.append(blocks)
        heads.append(head)
      }
      let predicted = cost.blocks(
        model.manifest.blocks, columns: columns, context: Self.context + (columns - 1) / 2)
      rows.append(
        Row(part: "blocks", columns: columns, predicted: predicted, measured: Self.median(times)))
    }
    guard !heads.isEmpty else { return [] }
    return rows + [
      Row(part: "head", columns: 1, predicted: cost.head(rows: 1), measured: Self.median(heads))
    ]
  }

  /// Seconds of all blocks for so many columns, and of the head for one row.
  private func time(columns: Int) async throws -> (blocks: Double, head: Double) {
    let vocabulary = model.manifest.configuration.vocabularySize
    let tokens = (0..<Self.context + columns).map { $0 &* 7919 % vocabulary }
    let session = WholeModelSession(model, pool: pool)
    try await session.reserve(tokens.count)
    try await session.feed(Array(tokens[..<Self.context]))
    // Scratch memory grows the first time.
    _ = try await session.answer()
    let clock = ContinuousClock()
    let start = clock.now
    try await session.feed(Array(tokens[Self.context...]))
    let end = clock.now
    _ = try await session.answer()
    return ((end - start) / .seconds(1), (clock.now - end) / .seconds(1))
  }

  private static func median(_ times: [Double]) -> Double { times.sorted()[times.count / 2] }
}
