import CleaveModel

/// The times that were measured of a cloud and the link to it, in seconds.
package struct CloudTimes: Sendable {
  /// From a message of one position to its acknowledgement: nothing is computed.
  package var messages: [Double] = []
  /// Bits a second of uploads.
  package var uploads: [Double] = []
  /// Bytes of an upload.
  package var uploadBytes = 0
  /// From requests to their answers, by the positions that had not run: 0 for none.
  package var requests: [Int: [Double]] = [:]
  /// From requests with drafts to their answers, by the rows that the head ran for, which are as many as the positions.
  package var verifications: [Int: [Double]] = [:]

  /// The median of the messages.
  package var message: Double { Percentiles(of: messages).p50 }

  /// The server's time to answer by the positions that a request brings. It does not fall, as the measured may by
  /// chance.
  package var answers: [LinkProfile.ServerTime] {
    Self.rising(requests.filter { $0.key > 0 }.mapValues { Percentiles(of: $0).p50 - message })
  }

  /// The time of the head by the rows that it runs for.
  package var head: [LinkProfile.ServerTime] {
    let one = max(0, Percentiles(of: requests[0] ?? [0]).p50 - message)
    var seconds = [1: one]
    for (rows, times) in verifications {
      guard let plain = requests[rows] else { continue }
      seconds[rows] = one + Percentiles(of: times).p50 - Percentiles(of: plain).p50
    }
    return Self.rising(seconds)
  }

  private static func rising(_ seconds: [Int: Double]) -> [LinkProfile.ServerTime] {
    var most = 0.0
    return seconds.sorted { $0.key < $1.key }.map { columns, seconds in
      most = max(most, seconds)
      return LinkProfile.ServerTime(columns: columns, seconds: most)
    }
  }
}
