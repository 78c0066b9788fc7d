import CleaveStorage

/// The JSON Schema of recipes, made of the description that recipes are checked against.
package enum RecipeSchema {
  package static var json: JSON {
    guard case .object(let object) = RecipeDescription.recipe.schema else { return .null }
    let head: [JSONObject.Member] = [
      ("$schema", "https://json-schema.org/draft/2020-12/schema"),
      ("$id", "https://cleave.invalid/recipe.schema.json"), ("title", "A recipe of cleave build"),
    ]
    return .object(JSONObject(head + object.members))
  }

  /// The schema as it stands in specs/recipe.schema.json.
  package static var text: String { json.text() + "\n" }
}

extension RecipeSection {
  fileprivate var schema: JSON {
    var object = JSONObject([
      ("description", .string(about)), ("type", "object"), ("additionalProperties", false),
      (
        "properties",
        .object(JSONObject(keys.map { (name: $0.name, value: $0.type.schema(about: $0.about)) }))
      ),
    ])
    let required = keys.filter(\.isRequired).map { JSON.string($0.name) }
    if !required.isEmpty { object["required"] = .array(required) }
    let rules = atMostOne.flatMap(Self.pairs) + atLeastOne.map(Self.anyOf)
    if !rules.isEmpty { object["allOf"] = .array(rules) }
    if !needs.isEmpty {
      object["dependentSchemas"] = .object(
        JSONObject(needs.map { (name: $0.key, value: Self.anyOf($0.oneOf)) }))
    }
    return .object(object)
  }

  private static func anyOf(_ names: [String]) -> JSON {
    ["anyOf": .array(names.map { ["required": .array([.string($0)])] })]
  }

  /// The rule that no two of the keys are given.
  private static func pairs(_ names: [String]) -> [JSON] {
    names.indices.flatMap { first in
      names[(first + 1)...].map { second in
        ["not": ["required": .array([.string(names[first]), .string(second)])]]
      }
    }
  }
}

extension RecipeType {
  fileprivate func schema(about: String) -> JSON {
    guard case .object(var object) = schema else { return schema }
    if object["description"] == nil { object["description"] = .string(about) }
    return .object(object)
  }

  private var schema: JSON {
    switch self {
    case .text(let form):
      form.map { ["type": "string", "pattern": .string("^(?:\($0.pattern))$")] }
        ?? ["type": "string"]
    case .choice(let names): ["type": "string", "enum": .array(names.map { .string($0) })]
    case .integer(let range): Self.integers(range)
    case .number(let range): range.schema
    case .flag: ["type": "boolean"]
    case .list(let element, let count):
      [
        "type": "array", "items": element.schema, "minItems": .integer(Int64(count.lowerBound)),
        "maxItems": .integer(Int64(count.upperBound)),
      ]
    case .section(let section): section.schema
    case .either(let types, _): ["anyOf": .array(types.map(\.schema))]
    }
  }

  private static func integers(_ range: ClosedRange<Int>) -> JSON {
    var object = JSONObject([
      ("type", "integer"), ("minimum", .integer(Int64(range.lowerBound))),
    ])
    if range.upperBound != .max { object["maximum"] = .integer(Int64(range.upperBound)) }
    return .object(object)
  }
}

extension RecipeRange {
  fileprivate var schema: JSON {
    [
      "type": "number", includesLower ? "minimum" : "exclusiveMinimum": .real(lower),
      includesUpper ? "maximum" : "exclusiveMaximum": .real(upper),
    ]
  }
}
