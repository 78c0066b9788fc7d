import ArgumentParser
import CleaveModel
import CleavePlan
import CleaveStorage

/// A link as an option states it: a rate and a round trip, or a file of measurements.
struct LinkOption {
  private let text: String

  init(_ text: String) { self.text = text }

  /// - Throws: `ValidationError` where it is neither.
  func check(_ option: String) throws {
    guard PlannedLink(text: text) != nil || FileSystem.exists(text) else {
      throw ValidationError(
        "\(option) \(text): expected a rate and a round trip, as 30Mbit,40ms, or a file")
    }
  }

  /// - Returns: what the file says; nil where the option is no file.
  func measured() throws -> LinkProfile? {
    PlannedLink(text: text) == nil ? try LinkProfile(path: text) : nil
  }

  func planned() throws -> PlannedLink {
    try PlannedLink(text: text) ?? PlannedLink(LinkProfile(path: text))
  }
}
