import CleaveStorage

/// An affine map `x + W x + b` of a hidden state: before the blocks of a tail, after them, or by itself. It brings the
/// state to the one that is expected deeper in the model, by blocks that were copied from there or by the unembedding.
package struct AffineMap: Equatable, Sendable {
  /// The rank of W as a product of two matrices; nil for one matrix `[hidden, hidden]`.
  package var rank: Int?

  package init(rank: Int? = nil) { self.rank = rank }

  /// - Throws: `InputError` for a rank out of bounds.
  init(_ node: JSONNode) throws {
    // The configuration says how much is too much.
    self.init(rank: try node.optional("rank")?.int(in: 1...(1 << 24)))
  }

  /// The map as in the text of a body.
  var description: String { ExitBody.affine(rank: rank).description }

  var json: JSON {
    var object = JSONObject()
    object["rank"] = rank.map { .integer(Int64($0)) }
    return .object(object)
  }
}
