import CleaveStorage
import Glibc

/// Queries that grow with the logarithm of their position, so that attention over long texts stays as sharp (Llama 4's
/// and Ministral 3's): the factor is 1 + beta ln(1 + floor(position / original context)).
package struct QueryScaling: Equatable, Sendable {
  package var beta: Double
  /// The number of positions after which the factor first grows.
  package var originalContext: Int

  package init(beta: Double, originalContext: Int) {
    self.beta = beta
    self.originalContext = originalContext
  }

  package func factor(at position: Int) -> Float {
    1 + Float(beta) * logf(1 + Float(position / originalContext))
  }
}

extension QueryScaling {
  init(_ node: JSONNode) throws {
    try node.allow(only: ["beta", "original_context"])
    beta = try node.required("beta").positiveNumber()
    originalContext = try node.required("original_context").int(in: 1...(1 << 30))
  }

  var json: JSON {
    ["beta": .real(beta), "original_context": .integer(Int64(originalContext))]
  }
}
