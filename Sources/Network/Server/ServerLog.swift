#if Network
  import CleaveStorage
  import Glibc
  import Logging

  /// The log of a server on standard error, one line for each event.
  package enum ServerLog {
    /// Makes the logger.
    ///
    /// - Parameters:
    ///   - level: one of swift-log's; anything else is `info`.
    ///   - json: whether lines are JSON objects.
    package static func logger(level: String, json: Bool) -> Logger {
      var logger = Logger(label: "cleave.serve") { label in
        json ? JSONLog() as any LogHandler : StreamLogHandler.standardError(label: label)
      }
      logger.logLevel = Logger.Level(rawValue: level) ?? .info
      return logger
    }
  }

  /// A log handler that writes one JSON object a line.
  private struct JSONLog: LogHandler {
    var metadata: Logger.Metadata = [:]
    var logLevel = Logger.Level.info

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
      get { metadata[key] }
      set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
      let all = metadata.merging(event.metadata ?? [:]) { $1 }
      var time = timespec()
      clock_gettime(CLOCK_REALTIME, &time)
      let fields: [(String, JSON)] =
        [
          ("time", .real(Double(time.tv_sec) + Double(time.tv_nsec) / 1e9)),
          ("level", .string(event.level.rawValue)), ("event", .string("\(event.message)")),
        ] + all.sorted { $0.key < $1.key }.map { ($0.key, .string("\($0.value)")) }
      let line = JSON.object(JSONObject(fields)).text(pretty: false)
      // One write a line, so that lines of several threads do not mix.
      let bytes = Array((line + "\n").utf8)
      _ = bytes.withUnsafeBytes { Glibc.write(STDERR_FILENO, $0.baseAddress, $0.count) }
    }
  }
#endif
