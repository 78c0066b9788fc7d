import CleaveStorage

/// The affine map `x + W x + b` before the blocks of a tail. It brings the hidden state that the exit reads to the
/// one that the blocks expect, which were copied from a deeper place of the model.
package struct AffineMap: Equatable, Sendable {
  /// The rank of W as a product of two matrices; nil for one matrix `[hidden, hidden]`.
  package var rank: Int?

  package init(rank: Int? = nil) { self.rank = rank }

  /// - Throws: `InputError` for a rank out of bounds.
  init(_ node: JSONNode) throws {
    // The configuration says how much is too much.
    self.init(rank: try node.optional("rank")?.int(in: 1...(1 << 24)))
  }

  var json: JSON {
    var object = JSONObject()
    object["rank"] = rank.map { .integer(Int64($0)) }
    return .object(object)
  }
}
