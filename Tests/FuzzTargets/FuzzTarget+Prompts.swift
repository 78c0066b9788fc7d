import CleavePrompts

extension FuzzTarget {
  /// A JSON-lines file of prompts, read by each kind of field.
  static let prompts = FuzzTarget("prompts") { input in
    try FuzzFiles.withFile(input) { path in
      for field in ["text", "messages", "messages.0.content"] {
        var reader = ContentReader(excluding: [])
        let source = PromptSource(source: FieldSource(path: path, field: field), count: 3)
        do {
          let selection = try reader.read(source, references: "answers", skipsEmpty: true)
          try require(selection.candidates.count <= 3, "no more prompts than asked for")
          return
        } catch  where field != "messages.0.content" && !(error is FuzzFault) {
          continue
        }
      }
    }
  }
}
