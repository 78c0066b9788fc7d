/// The description of a section of a recipe: its keys, and which of them go together.
package struct RecipeSection: Sendable {
  /// The description of one key.
  package struct Key: Sendable {
    let name: String
    let type: RecipeType
    var isRequired = false
    /// A sentence about it, for the schema and for people.
    let about: String
  }

  /// The name in errors, as in `train`; empty for the recipe itself.
  let name: String
  let about: String
  let keys: [Key]
  /// Groups of keys of which one at most is given.
  var atMostOne: [[String]] = []
  /// Groups of keys of which one at least is given.
  var atLeastOne: [[String]] = []
  /// Keys that need one of others beside them.
  var needs: [(key: String, oneOf: [String])] = []
  /// Names that are known and refused, with the reason.
  var refused: [(name: String, why: String)] = []

  func key(_ name: String) -> Key? { keys.first { $0.name == name } }
}
