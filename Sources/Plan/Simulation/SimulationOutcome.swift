import CleaveEvaluate

/// What all texts of a simulation took.
package struct SimulationOutcome: Sendable {
  package let texts: [TextOutcome]
  /// Seconds of the server's time.
  package let cloudSeconds: Double
  /// Seconds of a middle tier's time; 0 without one.
  package let middleSeconds: Double
  /// Bytes both ways between a middle tier and the cloud.
  package let bytesBehind: Int
  /// Seconds from the first request to the end of the last text.
  package let seconds: Double

  package var tokens: Int { texts.reduce(0) { $0 + $1.tokens } }

  func quantile(_ fraction: Double, _ value: (TextOutcome) -> Double) -> Double {
    CleaveEvaluate.quantile(fraction, ofSorted: texts.map(value).sorted())
  }

  func perToken(_ value: (TextOutcome) -> Double) -> Double {
    texts.reduce(0) { $0 + value($1) } / Double(max(1, tokens))
  }
}
