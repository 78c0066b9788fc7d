/// An expression of a template.
indirect enum TemplateExpression: Sendable {
  typealias Location = TemplateFault.Location

  struct Arguments: Sendable {
    var positional: [TemplateExpression] = []
    var named: [(name: String, value: TemplateExpression)] = []
  }

  case literal(TemplateValue)
  case name(String, Location)
  case list([TemplateExpression], isTuple: Bool, Location)
  case dictionary([(key: TemplateExpression, value: TemplateExpression)], Location)
  case attribute(TemplateExpression, String, Location)
  case item(TemplateExpression, TemplateExpression, Location)
  case slice(
    TemplateExpression, from: TemplateExpression?, to: TemplateExpression?,
    step: TemplateExpression?, Location)
  case call(TemplateExpression, Arguments, Location)
  case filter(String, TemplateExpression, Arguments, Location)
  case test(String, TemplateExpression, Arguments, Location)
  case not(TemplateExpression)
  case and(TemplateExpression, TemplateExpression)
  case or(TemplateExpression, TemplateExpression)
  case negative(TemplateExpression, Location)
  case binary(String, TemplateExpression, TemplateExpression, Location)
  /// A chain such as a < b <= c, which compares each value with the next.
  case comparison(TemplateExpression, [(operation: String, right: TemplateExpression)], Location)
  case conditional(
    TemplateExpression, condition: TemplateExpression, otherwise: TemplateExpression?)
}
