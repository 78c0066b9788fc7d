import CleaveStorage
import Yams

/// The licence that a checkpoint says it is under. What it allows is for people to read.
struct SourceLicense: Equatable {
  /// As the checkpoint spells it, as `apache-2.0`.
  let identifier: String
  /// The name and the address of a licence that has no identifier of its own.
  let name: String?
  let link: String?

  private static let longest = 200
  private static let largestReadme = 1 << 22
  private static let largestFrontMatter = 1 << 16
  private static let longestFields = 2048

  private init?(_ identifier: String?, name: String?, link: String?) {
    guard let identifier, !identifier.isEmpty else { return nil }
    self.identifier = identifier.shown(limit: Self.longest)
    self.name = name?.shown(limit: Self.longest)
    self.link = link?.shown(limit: Self.longest)
  }

  /// The licence in the metadata of a GGUF file; nil where it has none.
  init?(_ file: GGUFFile) {
    func text(_ key: String) -> String? { try? file.string("general.\(key)") }
    self.init(text("license"), name: text("license.name"), link: text("license.link"))
  }

  /// The licence in the front matter of a README; nil where there is none, or it is no YAML: a text for people is no reason to
  /// refuse a model.
  init?(readme path: String) {
    guard FileSystem.exists(path),
      let bytes = try? FileSystem.read(path, limit: Self.largestReadme),
      let fields = Self.frontMatter(bytes)
    else { return nil }
    func text(_ key: String) -> String? {
      fields[key]?.string ?? fields[key]?.sequence?.compactMap(\.string).joined(separator: ", ")
    }
    self.init(text("license"), name: text("license_name"), link: text("license_link"))
  }

  /// The fields about the licence, between the two lines `---` with which a README begins.
  private static func frontMatter(_ bytes: [UInt8]) -> Node? {
    guard let text = String(validating: bytes.prefix(largestFrontMatter), as: UTF8.self) else {
      return nil
    }
    let lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
    guard lines.first == "---", let end = lines.dropFirst().firstIndex(of: "---") else {
      return nil
    }
    // Few bytes, so that no nesting is deep, whatever else the front matter holds.
    let yaml = fields(of: lines[1..<end]).joined(separator: "\n")
    guard yaml.utf8.count <= longestFields,
      let node = try? Parser(yaml: yaml, encoding: .utf8).singleRoot(), node.mapping != nil
    else { return nil }
    return node
  }

  /// The lines of the fields whose names begin with `license`, with what is indented or listed under them.
  private static func fields(of lines: ArraySlice<Substring>) -> [Substring] {
    var isWanted = false
    return lines.filter { line in
      if let first = line.first, first != " ", first != "-" { isWanted = line.hasPrefix("license") }
      return isWanted
    }
  }

  /// The settings of the import's provenance that say so.
  var settings: [(name: String, value: String)] {
    [("license", identifier), ("license_name", name), ("license_link", link)].compactMap {
      setting, value in value.map { (name: setting, value: $0) }
    }
  }
}
