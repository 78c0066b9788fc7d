import CleaveModel
import CleaveProfile
import CleaveStorage

extension [ModelCheck.Row] {
  /// What was predicted and measured, for people.
  var text: String {
    table(
      [["part", "columns", "predicted ms", "measured ms", "error"]]
        + map {
          [
            $0.part, "\($0.columns)", ($0.predicted * 1000).fixed(3),
            ($0.measured * 1000).fixed(3), $0.error.percent,
          ]
        })
  }

  var json: JSON {
    .array(
      map {
        [
          "part": .string($0.part), "columns": .integer(Int64($0.columns)),
          "predicted_seconds": .real($0.predicted), "measured_seconds": .real($0.measured),
          "error": .real($0.error),
        ]
      })
  }
}

extension DeviceProfile {
  /// The largest number of threads that it says something of.
  var mostThreads: Int {
    switch costs {
    case .measured(let rows): rows.last?.threads ?? threads
    case .declared: threads
    }
  }
}
