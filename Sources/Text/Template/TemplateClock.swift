import Glibc

/// The date that `strftime_now` writes.
package struct TemplateClock: Sendable {
  /// Seconds since 1970; nil for the time of the call.
  private let seconds: Int?

  /// The local time when a template asks, as in transformers.
  package static let system = TemplateClock(seconds: nil)

  /// Always the same, in UTC: for who wants the same text every day.
  package static func fixed(secondsSince1970 seconds: Int) -> TemplateClock {
    TemplateClock(seconds: seconds)
  }

  private init(seconds: Int?) { self.seconds = seconds }

  private static let directives = "aAbBdHIjmMpSyY%-"

  /// - Throws: a fault for a directive that is not the same everywhere.
  func text(_ format: String, _ location: TemplateFault.Place) throws -> String {
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
