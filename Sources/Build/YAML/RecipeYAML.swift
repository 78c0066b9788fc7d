import CleaveStorage
import Yams

/// Reads YAML as a tree of nodes. One document, of bounded size, depth and repetition.
enum RecipeYAML {
  static let largest = 1 << 18
  static let deepest = 16
  /// Aliases repeat what an anchor names: few of them can make a text of thousands of nodes.
  static let mostAliases = 16
  static let mostNodes = 10_000
  /// How many bytes a key has at most: it stands in the path of every value under it.
  static let longestKey = 256

  /// - Throws: `InputError` with line and column for text that is not YAML, or beyond the bounds.
  static func read(file: String) throws -> RecipeNode {
    try read(try TextInput.text(file, limit: largest), file: file)
  }

  static func read(_ text: String, file: String) throws -> RecipeNode {
    let start = RecipeMark(file: file, line: 1, column: 1)
    guard text.utf8.count <= largest else {
      throw start.refuse(
        "", found: "\(text.utf8.count) bytes", expected: "at most \(largest) bytes")
    }
    try RecipeText.check(text, file: file)
    let root: Node?
    do { root = try Parser(yaml: text, encoding: .utf8).singleRoot() } catch let error as YamlError
    {
      throw fault(error, file: file)
    }
    guard let root else { throw start.refuse("", found: "nothing", expected: "a recipe") }
    var reader = Reader(file: file)
    return try reader.node(root, path: "", depth: 0, outer: start)
  }

  private static func fault(_ error: YamlError, file: String) -> InputError {
    func refuse(_ mark: Mark?, _ found: String, _ expected: String = "YAML") -> InputError {
      RecipeMark(file: file, line: max(1, mark?.line ?? 1), column: max(1, mark?.column ?? 1))
        .refuse("", found: found, expected: expected)
    }
    switch error {
    case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
      .composer(_, let problem, let mark, _):
      return refuse(mark, problem)
    case .duplicatedKeysInMapping(let keys, let context):
      return refuse(
        context.mark, "\"\(keys.first ?? "")\" more than once in one section", "every key once")
    case .reader(let problem, _, _, _): return refuse(nil, problem)
    default: return refuse(nil, "text that is not YAML")
    }
  }
}

extension RecipeYAML {
  /// Turns the parser's nodes into a recipe's, and counts them.
  private struct Reader {
    let file: String
    private var nodes = 0

    init(file: String) { self.file = file }

    mutating func node(
      _ node: Node, path: String, depth: Int, outer: RecipeMark
    ) throws -> RecipeNode {
      let mark = node.mark.map { RecipeMark(file: file, line: $0.line, column: $0.column) } ?? outer
      nodes += 1
      guard nodes <= RecipeYAML.mostNodes else {
        throw mark.refuse(
          path, found: "more than \(RecipeYAML.mostNodes) values", expected: "at most that many",
          advice: "An alias counts as all that its anchor names.")
      }
      guard depth <= RecipeYAML.deepest else {
        throw mark.refuse(
          path, found: "more than \(RecipeYAML.deepest) levels", expected: "at most that many")
      }
      return RecipeNode(
        value: try value(of: node, path: path, depth: depth, mark), mark: mark, path: path)
    }

    private mutating func value(
      of node: Node, path: String, depth: Int, _ mark: RecipeMark
    ) throws -> RecipeNode.Value {
      switch node {
      case .scalar(let scalar):
        return .scalar(scalar.string, isPlain: scalar.style == .plain || scalar.style == .any)
      case .sequence(let elements):
        var list: [RecipeNode] = []
        for (index, element) in elements.enumerated() {
          list.append(
            try self.node(element, path: "\(path)[\(index)]", depth: depth + 1, outer: mark))
        }
        return .list(list)
      case .mapping(let mapping):
        var members: [RecipeNode.Member] = []
        for (key, value) in mapping {
          members.append(try member(key, value, path: path, depth: depth, mark))
        }
        return .section(members)
      case .alias:
        throw mark.refuse(path, found: "an alias without its anchor", expected: "a value")
      }
    }

    private mutating func member(
      _ key: Node, _ value: Node, path: String, depth: Int, _ outer: RecipeMark
    ) throws -> RecipeNode.Member {
      let mark = key.mark.map { RecipeMark(file: file, line: $0.line, column: $0.column) } ?? outer
      guard case .scalar(let name) = key else {
        throw mark.refuse(path, found: "a key that is no word", expected: "the name of a setting")
      }
      guard name.string.utf8.count <= RecipeYAML.longestKey else {
        throw mark.refuse(
          path, found: "a key of \(name.string.utf8.count) bytes",
          expected: "at most \(RecipeYAML.longestKey)")
      }
      let inner = path.isEmpty ? name.string : "\(path).\(name.string)"
      return .init(
        key: name.string, mark: mark,
        value: try node(value, path: inner, depth: depth + 1, outer: mark))
    }
  }
}
