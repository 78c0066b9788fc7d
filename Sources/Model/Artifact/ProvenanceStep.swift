import CleaveStorage

/// One command in the making of an artifact. No times are kept: the same inputs give the same bytes.
package struct ProvenanceStep: Equatable, Sendable {
  package struct Input: Equatable, Sendable {
    /// The file's name without its directory.
    package var name: String
    package var digest: FileDigest

    package init(name: String, digest: FileDigest) {
      self.name = name
      self.digest = digest
    }
  }

  /// The command, as in "import" or "exits add".
  package var step: String
  /// The name and version of the tool.
  package var tool: String
  package var inputs: [Input]
  package var settings: [(name: String, value: String)]

  package init(step: String, inputs: [Input], settings: [(name: String, value: String)] = []) {
    self.step = step
    self.tool = "cleave \(CleaveVersion.text)"
    self.inputs = inputs
    self.settings = settings
  }

  package static func == (left: Self, right: Self) -> Bool { left.json.text() == right.json.text() }
}
