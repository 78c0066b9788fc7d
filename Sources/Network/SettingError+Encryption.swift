import CleaveStorage

extension SettingError.Setting {
  /// Encryption of an edge's connection to its cloud.
  package static let cloudEncryption = Self("the connection to the cloud")
  /// Encryption of the connections that a server accepts.
  package static let listenerEncryption = Self("the address to listen on")
}
