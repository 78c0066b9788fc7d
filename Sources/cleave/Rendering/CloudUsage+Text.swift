import CleaveGenerate
import CleaveRuntime
import CleaveStorage

extension CloudUsage {
  /// The part of a run's summary line that is about the cloud.
  var summary: String {
    func some(_ count: Int, _ what: String) -> String { count > 0 ? ", \(count) \(what)" : "" }
    return
      "; \(requests) cloud requests, \(bytesUp.formattedBytes) up, \(bytesDown.formattedBytes) down"
      + (counts.drafted > 0
        ? ", \(counts.draftsAccepted) of \(counts.drafted) drafts accepted" : "")
      + (counts.lookAheads > 0
        ? ", \(counts.lookAheadsAccepted) of \(counts.lookAheads) look-aheads right" : "")
      + some(reconnections, "reconnections") + some(resends, "resends")
      + some(counts.fallbacks, "fallback answers")
      + some(standaloneSwitches, "switches to standalone")
  }

  var json: JSON {
    [
      "requests": .integer(Int64(requests)), "bytes_up": .integer(Int64(bytesUp)),
      "bytes_down": .integer(Int64(bytesDown)), "codec": .string(codec),
      "reconnections": .integer(Int64(reconnections)), "reuploads": .integer(Int64(resends)),
      "drafts": .integer(Int64(counts.drafted)),
      "drafts_right": .integer(Int64(counts.draftsAccepted)),
      "guesses": .integer(Int64(counts.lookAheads)),
      "guesses_right": .integer(Int64(counts.lookAheadsAccepted)),
      "waits": .integer(Int64(counts.waits)),
      "seconds_waited": .real(counts.waited / .seconds(1)),
      "stand_ins": .integer(Int64(counts.fallbacks)),
      "standalone_switches": .integer(Int64(standaloneSwitches)),
    ]
  }
}
