/// An expression of a template.
indirect enum TemplateExpression: Sendable {
  typealias Place = TemplateFault.Place

  struct Arguments: Sendable {
    var positional: [TemplateExpression] = []
    var named: [(name: String, value: TemplateExpression)] = []
  }

  case literal(TemplateValue)
  case name(String, Place)
  case list([TemplateExpression], isTuple: Bool)
  case dictionary([(key: TemplateExpression, value: TemplateExpression)], Place)
  case attribute(TemplateExpression, String, Place)
  case item(TemplateExpression, TemplateExpression, Place)
  case slice(
    TemplateExpression, from: TemplateExpression?, to: TemplateExpression?,
    step: TemplateExpression?, Place)
  case call(TemplateExpression, Arguments, Place)
  case filter(String, TemplateExpression, Arguments, Place)
  case test(String, TemplateExpression, Arguments, Place)
  case not(TemplateExpression)
  case and(TemplateExpression, TemplateExpression)
  case or(TemplateExpression, TemplateExpression)
  case negative(TemplateExpression, Place)
  case binary(String, TemplateExpression, TemplateExpression, Place)
  /// a < b <= c: each with the next.
  case comparison(TemplateExpression, [(operation: String, right: TemplateExpression)], Place)
  case conditional(
    TemplateExpression, condition: TemplateExpression, otherwise: TemplateExpression?)
}

/// A statement of a template.
indirect enum TemplateNode: Sendable {
  typealias Place = TemplateFault.Place

  struct Loop: Sendable {
    var targets: [String]
    var sequence: TemplateExpression
    var filter: TemplateExpression?
    var body: [TemplateNode]
    var otherwise: [TemplateNode]
    var location: Place
  }

  struct Macro: Sendable {
    var name: String
    var parameters: [(name: String, value: TemplateExpression?)]
    var body: [TemplateNode]
  }

  enum Target: Sendable {
    case names([String])
    /// `namespace.attribute`
    case attribute(String, String)
  }

  case text(String)
  case output(TemplateExpression, Place)
  case branch(
    [(condition: TemplateExpression, body: [TemplateNode])], otherwise: [TemplateNode])
  case loop(Loop)
  case set(Target, TemplateExpression, Place)
  case capture(Target, [TemplateNode], Place)
  case macro(Macro)
  case skip
  case stop
}
