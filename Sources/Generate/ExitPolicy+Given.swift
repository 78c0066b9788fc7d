import CleaveExits
import CleaveModel
import CleaveStorage

extension ExitPolicy {
  /// Makes the policy of a generation.
  ///
  /// - Parameter given: thresholds, one for all exits or one for each; nil takes those of the bundle.
  /// - Throws: `SettingError` for another number of them.
  package init(_ given: [Double]?, _ manifest: Manifest, mode: Mode) throws {
    self = .shipped(manifest, mode: mode)
    guard let given else { return }
    let count = manifest.exits.count
    guard given.count == 1 || given.count == count else {
      throw SettingError(
        .thresholds, found: "\(given.count) numbers",
        expected: "one, or one for each of the \(count) exits")
    }
    thresholds = given.count == 1 ? .init(repeating: given[0], count: count) : given
  }
}
