/// A statement of a template.
indirect enum TemplateNode: Sendable {
  typealias Location = TemplateFault.Location

  struct Loop: Sendable {
    var targets: [String]
    var sequence: TemplateExpression
    var filter: TemplateExpression?
    var body: [TemplateNode]
    var otherwise: [TemplateNode]
    var location: Location
  }

  struct Macro: Sendable {
    var name: String
    var parameters: [(name: String, value: TemplateExpression?)]
    var body: [TemplateNode]
  }

  enum Target: Sendable {
    case names([String])
    /// An attribute of a namespace: `namespace.attribute`.
    case attribute(String, String)
  }

  case text(String)
  case output(TemplateExpression, Location)
  case branch(
    [(condition: TemplateExpression, body: [TemplateNode])], otherwise: [TemplateNode])
  case loop(Loop)
  case set(Target, TemplateExpression, Location)
  case capture(Target, [TemplateNode], Location)
  case macro(Macro)
  case skip
  case stop
}
