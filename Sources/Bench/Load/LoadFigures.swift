import CleaveStorage
import Glibc

/// Latencies that clients saw, and the processor time of the server.
struct LoadFigures: Sendable {
  /// Seconds from the beginning of each request to its first token.
  var firsts: [Double] = []
  /// Seconds between each later token and the one before.
  var gaps: [Double] = []

  /// Positions that a whole model runs for these texts; 0 where nobody counts.
  var positions = 0

  var tokens: Int { firsts.count + gaps.count }

  /// - Parameter moments: when the request began and when each token was known.
  mutating func add(_ moments: [ContinuousClock.Instant]) {
    let steps = zip(moments, moments.dropFirst()).map { $0.duration(to: $1) / .seconds(1) }
    firsts += steps.prefix(1)
    gaps += steps.dropFirst()
  }

  /// - Parameters:
  ///   - seconds: from the first request to the last token.
  ///   - core: processor seconds of the server.
  func json(clients: Int, seconds: Double, core: Double) -> JSON {
    [
      "clients": .integer(Int64(clients)), "tokens": .integer(Int64(tokens)),
      "positions": .integer(Int64(positions)),
      "seconds": .real(seconds), "core_ms_per_token": .real(1000 * core / Double(max(1, tokens))),
      "p50_ms": .real(1000 * Self.quantile(gaps, 0.5)),
      "p95_ms": .real(1000 * Self.quantile(gaps, 0.95)),
      "first_p50_ms": .real(1000 * Self.quantile(firsts, 0.5)),
      "first_p95_ms": .real(1000 * Self.quantile(firsts, 0.95)),
    ]
  }

  private static func quantile(_ values: [Double], _ q: Double) -> Double {
    guard !values.isEmpty else { return 0 }
    return values.sorted()[min(values.count - 1, Int(q * Double(values.count)))]
  }
}

/// Processor time that a process has used, in seconds.
enum CoreTime {
  static var ours: Double {
    var time = timespec()
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
  }

  /// - Throws: `InputError` when the process is gone.
  static func of(process: Int) throws -> Double {
    let path = "/proc/\(process)/stat"
    // Files in /proc have no size.
    var bytes = [UInt8](repeating: 0, count: 4096)
    var count = 0
    if let file = fopen(path, "r") {
      count = fread(&bytes, 1, bytes.count, file)
      fclose(file)
    }
    let text = String(decoding: bytes.prefix(count), as: UTF8.self)
    let fields = text.split(separator: ")").last?.split(separator: " ") ?? []
    guard fields.count > 12, let user = Double(fields[11]), let system = Double(fields[12]) else {
      throw InputError(file: path, found: "no times", expected: "those of a running process")
    }
    return (user + system) / Double(sysconf(Int32(_SC_CLK_TCK)))
  }
}
