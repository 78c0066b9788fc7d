import Glibc

/// The source of the date that `strftime_now` writes.
package struct TemplateClock: Sendable {
  /// Seconds since 1970; nil for the current time.
  private let seconds: Int?

  /// The current local time, as in transformers.
  package static let system = TemplateClock(seconds: nil)

  /// A fixed time in UTC, so that a template renders the same text every day.
  package static func fixed(secondsSince1970 seconds: Int) -> TemplateClock {
    TemplateClock(seconds: seconds)
  }

  private init(seconds: Int?) { self.seconds = seconds }

  private static let directives = "aAbBdHIjmMpSyY%-"

  /// Formats the time as `strftime` does.
  ///
  /// - Throws: a fault for a directive whose result depends on the platform.
  func text(_ format: String, _ location: TemplateFault.Location) throws -> String {
    var scalars = format.unicodeScalars[...]
    while let scalar = scalars.popFirst() {
      guard scalar == "%" else { continue }
      guard let directive = scalars.popFirst(),
        Self.directives.unicodeScalars.contains(directive)
      else {
        throw TemplateFault(
          location, "the format \"\(format.prefix(80))\"",
          expected: "directives of \(Self.directives.map { "%\($0)" }.joined(separator: " "))")
      }
    }
    var parts = tm()
    var now = seconds.map { time_t($0) } ?? time(nil)
    if seconds == nil { localtime_r(&now, &parts) } else { gmtime_r(&now, &parts) }
    var bytes = [CChar](repeating: 0, count: 4096)
    let count = strftime(&bytes, bytes.count, format, &parts)
    return String(decoding: bytes[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }
}
