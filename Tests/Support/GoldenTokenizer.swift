import CleaveStorage
import CleaveText

/// A tokenizer of Tests/Golden/tokenizer with what the tokenizers package makes of the corpus.
package struct GoldenTokenizer {
  package static let names = ["gpt2", "smollm", "llama3", "odd"]

  package let tokenizer: Tokenizer
  /// With special tokens added, one list for each line.
  package let ids: [[Int]]
  /// The decoded text of the lines that do not come back as they were.
  package let decoded: [Int: String]
  /// The decoded text of the lines where skipping special tokens changes it.
  package let skipped: [Int: String]

  package init(_ name: String) throws {
    tokenizer = try Tokenizer(Self.node("\(name).tokenizer.json"))
    let expected = try Self.node("\(name).expected.json")
    ids = try Self.lists(expected.required("ids"))
    decoded = try Self.texts(expected.required("decoded"))
    skipped = try Self.texts(expected.required("skipped"))
  }

  package static func node(_ file: String) throws -> JSONNode {
    try JSONNode(parsing: Golden.bytes("tokenizer/\(file)"), file: file)
  }

  package static func corpus() throws -> [String] {
    try Golden.bytes("tokenizer/corpus.jsonl").split(separator: UInt8(ascii: "\n")).map {
      try JSONNode(parsing: Array($0), file: "corpus.jsonl").string()
    }
  }

  package static func lists(_ node: JSONNode) throws -> [[Int]] {
    try node.elements().map { try $0.elements().map { try $0.int() } }
  }

  private static func texts(_ node: JSONNode) throws -> [Int: String] {
    try Dictionary(
      uniqueKeysWithValues: node.members().map { (Int($0.name) ?? -1, try $0.node.string()) })
  }
}

/// Equality by bytes; `==` takes canonically equivalent strings for equal.
package func isSame(_ one: String, _ other: String) -> Bool { one.utf8.elementsEqual(other.utf8) }

/// The character by which a byte-level vocabulary spells each byte.
package let byteAlphabet: [String] = {
  var next: UInt32 = 0x100
  return (0..<256).map { byte in
    switch byte {
    case 0x21...0x7E, 0xA1...0xAC, 0xAE...0xFF: return String(Unicode.Scalar(UInt8(byte)))
    default:
      defer { next += 1 }
      return String(Unicode.Scalar(next)!)
    }
  }
}()
