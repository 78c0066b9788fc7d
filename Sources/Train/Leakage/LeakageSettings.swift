import CleaveModel
import CleaveRuntime
import CleaveStorage

/// Settings of a leakage study.
package struct LeakageSettings: Sendable {
  /// The numbers of blocks after which an edge uploads its hidden states.
  package var depths: [Int]
  /// The encodings of the uploads.
  package var formats: [StatesEncoding.Format] = [.float32, .int8, .int4]
  /// The number of tokens of a window.
  package var windowLength = 256
  /// The number of windows that the attacks are trained on; nil for all of their text.
  package var attackWindows: Int?
  /// The number of windows whose tokens are to be recovered; nil for all of the text.
  package var windows: Int?
  /// The share of the mean variance of a state's elements that is added to each when the inverter is fitted.
  package var ridge = 1e-4
  /// The most tokens that are searched for at each depth and encoding (`PrefixSearch`); 0 for no search.
  package var searchedTokens = 64
  /// The number of guesses that are tried for each.
  package var guesses = 64
  /// The number of threads; nil for one per processor.
  package var threads: Int?

  package init(depths: [Int]) { self.depths = depths }

  /// - Throws: `SettingError` for a depth that the model does not have, or for no depth or encoding.
  func check(_ configuration: ModelConfiguration) throws {
    guard !depths.isEmpty, Set(depths).count == depths.count else {
      throw SettingError(
        .leakageDepths, found: "\(depths)", expected: "at least one depth, each once")
    }
    for depth in depths where !(1...configuration.blockCount).contains(depth) {
      throw SettingError(
        .leakageDepths, found: "\(depth)", expected: "1 to \(configuration.blockCount)")
    }
    guard !formats.isEmpty, Set(formats).count == formats.count, !formats.contains(.tokens) else {
      throw SettingError(
        .leakageFormats, found: "\(formats.map(\.rawValue))",
        expected: "encodings of hidden states, each once: uploaded tokens are read as they are")
    }
  }
}

extension SettingError.Setting {
  /// The depths of the uploads that a leakage study attacks.
  package static let leakageDepths = Self("depths")
  /// The encodings of the uploads that a leakage study attacks.
  package static let leakageFormats = Self("encodings")
}
