import CleaveStorage

extension SettingError.Setting {
  /// An override of the type of matrices.
  package static let tensorOverride = Self("tensor override")
  /// The average number of bits per weight.
  package static let bitsPerWeight = Self("bits per weight")
  /// The text on which the model runs.
  package static let text = Self("text")
}
