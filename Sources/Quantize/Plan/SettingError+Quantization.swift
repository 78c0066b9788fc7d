import CleaveStorage

extension SettingError.Setting {
  /// The target of bits for each weight of the model.
  package static let bitsPerWeight = Self("bits per weight")
  /// The text that the model is run on.
  package static let text = Self("text")
  /// The file of the importance of columns.
  package static let importance = Self("importance")
  /// A type for the matrices whose names match a pattern.
  package static let tensorOverride = Self("type by pattern")
}
