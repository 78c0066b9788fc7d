package enum CleaveVersion {
  package static let text = "0.2.0"
}
