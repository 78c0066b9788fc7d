import CleaveModel
import CleaveProfile
import CleaveStorage

/// What a stage is predicted to take: by what it took when it last ran, in proportion to its work, or by a probe
/// of this machine where it never did.
package struct BuildPrediction: Sendable {
  package var seconds: Double?
  /// The most memory, mapped files included, and without them.
  package var peakBytes: Int
  package var anonymousBytes: Int
  package var bytes: Int
  /// Whether the stage ran before, so that only the amount of work is estimated.
  package var isMeasured: Bool

  static let nothing = BuildPrediction(
    seconds: 0, peakBytes: 0, anonymousBytes: 0, bytes: 0, isMeasured: true)

  private init(
    seconds: Double?, peakBytes: Int, anonymousBytes: Int, bytes: Int, isMeasured: Bool
  ) {
    (self.seconds, self.peakBytes, self.anonymousBytes) = (seconds, peakBytes, anonymousBytes)
    (self.bytes, self.isMeasured) = (bytes, isMeasured)
  }

  /// - Parameters:
  ///   - base: what the process has before the stage runs.
  ///   - last: the same stage when it last ran; nil where it never did.
  ///   - rate: products a second of this machine.
  init(
    _ effort: StageEffort, on base: (anonymous: Int, mapped: Int), after last: StageEntry?,
    rate: () throws -> Double?
  ) rethrows {
    let anonymous = base.anonymous + effort.anonymousBytes
    let peak = anonymous + base.mapped + effort.mappedBytes
    guard let last, last.work > 0, effort.work > 0 else {
      self.init(
        seconds: effort.seconds(rate: effort.isProducts ? try rate() : nil),
        peakBytes: peak, anonymousBytes: anonymous, bytes: effort.bytes, isMeasured: false)
      return
    }
    let share = effort.work / last.work
    self.init(
      seconds: last.seconds * share,
      peakBytes: last.peakBytes ?? peak, anonymousBytes: last.anonymousBytes ?? anonymous,
      bytes: last.work == effort.work ? last.bytes : Int(Double(last.bytes) * min(share, 1e6)),
      isMeasured: true)
  }

  package var json: JSON {
    [
      "seconds": seconds.map { .real($0) } ?? .null, "peak_bytes": .integer(Int64(peakBytes)),
      "anonymous_bytes": .integer(Int64(anonymousBytes)), "bytes": .integer(Int64(bytes)),
      "from": .string(isMeasured ? "the last run" : "a probe"),
    ]
  }
}

/// A measurement of a second or two of what this machine computes.
package enum MachineProbe {
  /// The share of the speed of products that running a model reaches.
  private static let share = 0.5

  /// Products of quantized weights a second, as running models reaches them.
  ///
  /// - Throws: `InputError` where there is too little memory for it.
  package static func rate(threads: Int?) throws -> Double? {
    let settings = ProfileSettings(
      threads: [threads ?? Machine.processors], types: [.q8_0], seconds: 2)
    guard case .measured(let rows) = try DeviceMeasurement(settings).run().profile.costs,
      let table = rows.first?.products[.q8_0]
    else { return nil }
    return share * 32 / table.seconds(columns: 32)
  }
}
