import CleaveModel
import CleaveRuntime
import CleaveStorage

/// Measures this machine.
package struct DeviceMeasurement {
  /// A profile, and what people should know of how it was made.
  package struct Result: Sendable {
    package let profile: DeviceProfile
    package let notes: [String]
  }

  /// The spread from which a machine was too busy for its figures to be trusted.
  private static let busy = 0.15
  /// Times that a block starts and joins the threads: norms, products, attention and rounding.
  private static let startsOfBlock = 9.0

  let settings: ProfileSettings
  /// Told of each step that is done, of how many.
  let progress: (_ done: Int, _ total: Int) -> Void

  package init(
    _ settings: ProfileSettings,
    progress: @escaping (_ done: Int, _ total: Int) -> Void = { _, _ in }
  ) {
    self.settings = settings
    self.progress = progress
  }

  /// - Throws: `InputError` where there is not enough memory, or where threads do not start.
  package func run() throws -> Result {
    let meter = PowerMeter()
    let weights = try ColdWeights(
      bytes: max(2 * Machine.cacheBytes, 4 * ProductMeasurement.largestBytes(rows: settings.rows)))
    let steps = settings.threads.count * (settings.types.count + 1)
    // Attention, norms, logits and starting take as long as three types.
    let seconds = settings.seconds / Double(settings.threads.count * (settings.types.count + 3))
    var (rows, spreads, done) = ([ThreadCosts](), [Double](), 0)
    for threads in settings.threads {
      let pool = try ThreadPool(threads: threads)
      let products = ProductMeasurement(pool: pool, weights: weights, rows: settings.rows)
      var tables: [TensorType: ProductTable] = [:]
      for type in settings.types {
        let table = products.table(type, seconds: seconds)
        tables[type] = table
        spreads.append(table.spread ?? 0)
        done += 1
        progress(done, steps)
      }
      rows.append(costs(of: pool, products, tables, seconds: seconds, &spreads))
      done += 1
      progress(done, steps)
    }
    return result(rows, power: meter?.power(), spreads: spreads)
  }

  /// The costs of so many threads, of which those of products are known.
  private func costs(
    of pool: ThreadPool, _ products: ProductMeasurement, _ tables: [TensorType: ProductTable],
    seconds: Double, _ spreads: inout [Double]
  ) -> ThreadCosts {
    let vectors = VectorMeasurement(pool: pool)
    let attention = vectors.attention(seconds: seconds)
    let value = vectors.value(seconds: seconds / 2)
    let logit = vectors.logit(seconds: seconds)
    spreads += [attention.spread, value.spread, logit.spread]
    return ThreadCosts(
      threads: pool.count, products: tables, attention: attention.value, value: value.value,
      logit: logit.value,
      block: Self.startsOfBlock * products.start(seconds: seconds / 2).median)
  }

  private func result(
    _ rows: [ThreadCosts], power: DeviceProfile.Power?, spreads: [Double]
  ) -> Result {
    var notes: [String] = []
    let spread = spreads.max() ?? 0
    if spread > Self.busy {
      notes.append(
        "the machine was busy: rounds lay up to \(Int((spread * 100).rounded())) % apart; "
          + "measure again when it is idle")
    }
    if power == nil { notes.append("the machine does not tell its power") }
    return Result(
      profile: DeviceProfile(
        name: Machine.name, processor: Machine.processor, threads: Machine.processors,
        memoryBytes: Machine.memoryBytes, power: power, costs: .measured(rows)), notes: notes)
  }
}
