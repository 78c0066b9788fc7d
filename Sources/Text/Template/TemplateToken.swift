/// A token of a template's source.
struct TemplateToken: Equatable {
  enum Kind: Equatable {
    /// Text outside tags, which is output unchanged.
    case text(String)
    case beginOutput, endOutput, beginTag, endTag
    case name(String)
    case string(String)
    case integer(Int)
    case real(Double)
    case symbol(String)
  }

  var kind: Kind
  var location: TemplateFault.Location

  /// The token as error messages show it.
  var shown: String {
    switch kind {
    case .text: "text"
    case .beginOutput: "{{"
    case .endOutput: "}}"
    case .beginTag: "{%"
    case .endTag: "%}"
    case .name(let name), .symbol(let name): "\"\(name)\""
    case .string: "a string"
    case .integer(let number): "\(number)"
    case .real(let number): "\(number)"
    }
  }
}
