import CleaveStorage

/// Bounds of what a gated unit reads (gpt-oss, arXiv 2508.10925): g sigmoid(slope g) (u + 1), with the gate g at most
/// `limit` and u from -limit to limit, in the place of silu(g) u.
package struct GateClamp: Equatable, Sendable {
  package var slope: Float
  package var limit: Float

  package init(slope: Float, limit: Float) {
    self.slope = slope
    self.limit = limit
  }
}

extension GateClamp {
  init(_ node: JSONNode) throws {
    try node.allow(only: ["slope", "limit"])
    slope = Float(try node.required("slope").positiveNumber())
    limit = Float(try node.required("limit").positiveNumber())
  }

  var json: JSON {
    ["slope": Self.json(slope), "limit": Self.json(limit)]
  }

  /// The shortest decimal that gives the float32.
  private static func json(_ value: Float) -> JSON {
    .real(Double(value.description) ?? Double(value))
  }
}
