package enum CleaveVersion {
  package static let text = "0.1.0"
}
