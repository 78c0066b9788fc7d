import CleaveStorage

/// Who released a build, and when, as the documents of its bundles say it. Neither is known unless it is given, so that the
/// same build makes the same bytes.
package struct BuildRelease: Sendable {
  /// The address of the builder, as SLSA has it.
  package var builder: String?
  /// In seconds from 1970.
  package var date: Int?

  private static let variable = "SOURCE_DATE_EPOCH"
  /// Up to the year 9999, the last that documents can write.
  private static let dates = 0...253_402_300_799

  package init() {}

  /// - Parameters:
  ///   - builder: an address, as `https://github.com/example/model/actions`.
  ///   - environment: where SOURCE_DATE_EPOCH may stand.
  /// - Throws: `SettingError` for an address that is none and a date that is none.
  package init(builder: String?, environment: [String: String]) throws {
    self.builder = builder
    if let builder {
      guard builder.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != 0x22 }),
        (try? /[A-Za-z][A-Za-z0-9+.\-]*:.+/.wholeMatch(in: builder)) != nil
      else {
        throw SettingError(
          .builder, value: builder, found: "no address", expected: "one, as https://ci.example.com/"
        )
      }
    }
    guard let text = environment[Self.variable], !text.isEmpty else { return }
    guard let seconds = Int(text), Self.dates.contains(seconds) else {
      throw SettingError(
        .sourceDate, value: text, found: "no date", expected: "seconds from 1970 to the year 9999")
    }
    date = seconds
  }
}

extension SettingError.Setting {
  /// The address of who builds.
  package static let builder = Self("builder")
  /// The date of documents.
  package static let sourceDate = Self("SOURCE_DATE_EPOCH")
}
