import CleaveModel

/// The tool that makes outputs; another version may make other bytes.
enum BuildTool {
  static let text = "cleave \(CleaveVersion.text)"
}
