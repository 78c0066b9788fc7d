import CleaveStorage

/// The computation between the hidden state that an exit reads and the exit's norm.
///
/// After every body come an RMSNorm with the exit's own weight and the model's unembedding. x is the hidden
/// state `[hidden]` that is read:
/// - `norm`: nothing more (the logit lens);
/// - `affine`: y = x + W x + b (the tuned lens, Belrose et al., arXiv 2303.08112), W whole or of low rank;
/// - `mlp`: y = x + down(silu(gate(n)) * up(n)), n = RMSNorm(x) (EE-Tuning, Pan et al., arXiv 2402.00518);
/// - `tail`: whole transformer blocks of the model's shape, with their own KV cache. A tail may begin with an
///   affine map, which brings x to the hidden state that its blocks expect, and end with a readout, an affine map from
///   the state after its blocks to the one that the unembedding expects.
package enum ExitBody: Equatable, Sendable {
  case norm
  /// The affine body.
  ///
  /// - rank: the rank of W as a product of two matrices; nil for one matrix `[hidden, hidden]`.
  case affine(rank: Int?)
  case mlp
  /// The tail body.
  ///
  /// - map: the affine map `x + W x + b` before the blocks; nil where they read x as it is.
  /// - readout: the affine map after the blocks, which the exit's norm reads and an exit behind it does not; nil where
  ///   the norm reads the state after the blocks.
  case tail(blocks: Int, map: AffineMap? = nil, readout: AffineMap? = nil)

  static let kinds = ["norm", "affine", "mlp", "tail"]

  package var kind: String {
    switch self {
    case .norm: "norm"
    case .affine: "affine"
    case .mlp: "mlp"
    case .tail: "tail"
    }
  }

  /// Number of transformer blocks of the exit's own.
  package var tailBlocks: Int {
    if case .tail(let blocks, _, _) = self { blocks } else { 0 }
  }

  /// The affine map before the tail's blocks.
  package var map: AffineMap? {
    if case .tail(_, let map, _) = self { map } else { nil }
  }

  /// The affine map that the exit's norm reads: the readout after a tail's blocks, or an affine body.
  package var readout: AffineMap? {
    switch self {
    case .affine(let rank): AffineMap(rank: rank)
    case .tail(_, _, let readout): readout
    case .norm, .mlp: nil
    }
  }
}

// MARK: - Text

extension ExitBody: CustomStringConvertible {
  /// The forms that `init(text:)` reads, for messages.
  package static let forms =
    "norm, affine, affine:RANK, mlp, tail:BLOCKS, or a tail with affine maps around it, as in affine+tail:BLOCKS, "
    + "affine:RANK+tail:BLOCKS or affine+tail:BLOCKS+affine"

  /// Reads a body as on a command line: `norm`, `affine`, `affine:64`, `mlp`, `tail:4`, `affine+tail:4`,
  /// `affine:64+tail:4`, `tail:4+affine`, `affine+tail:4+affine:64`.
  package init?(text: String) {
    let steps = text.split(separator: "+", omittingEmptySubsequences: false).map {
      Self(single: String($0))
    }
    switch (steps.count, steps.first, steps.dropFirst().first, steps.last) {
    case (1, let body??, _, _): self = body
    case (2, .affine(let rank)??, .tail(let blocks, _, _)??, _):
      self = .tail(blocks: blocks, map: AffineMap(rank: rank))
    case (2, .tail(let blocks, _, _)??, .affine(let rank)??, _):
      self = .tail(blocks: blocks, readout: AffineMap(rank: rank))
    case (3, .affine(let rank)??, .tail(let blocks, _, _)??, .affine(let last)??):
      self = .tail(blocks: blocks, map: AffineMap(rank: rank), readout: AffineMap(rank: last))
    default: return nil
    }
  }

  private init?(single text: String) {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    let number = parts.count == 2 ? parts[1].wholeNumber : nil
    switch (parts[0], parts.count) {
    case ("norm", 1): self = .norm
    case ("mlp", 1): self = .mlp
    case ("affine", 1): self = .affine(rank: nil)
    case ("affine", 2):
      guard let number else { return nil }
      self = .affine(rank: number)
    case ("tail", 2):
      guard let number, number <= ModelConfiguration.largestBlockCount else { return nil }
      self = .tail(blocks: number)
    default: return nil
    }
  }

  package var description: String {
    switch self {
    case .norm, .mlp, .affine(nil): kind
    case .affine(let rank?): "affine:\(rank)"
    case .tail(let blocks, let map, let readout):
      [map?.description, "tail:\(blocks)", readout?.description].compactMap(\.self)
        .joined(separator: "+")
    }
  }
}

extension Substring {
  /// The number, where the text is digits alone and the number above 0.
  fileprivate var wholeNumber: Int? {
    guard utf8.allSatisfy({ (0x30...0x39).contains($0) }), let number = Int(self), number > 0
    else { return nil }
    return number
  }
}

// MARK: - JSON

extension ExitBody {
  /// - Throws: `InputError` for another kind, and for a rank or a number of blocks out of bounds.
  init(_ node: JSONNode) throws {
    // As it was written before there were others.
    if case .string("norm") = node.value {
      self = .norm
      return
    }
    let kind = try node.required("kind")
    switch try kind.string() {
    case "norm": self = .norm
    case "affine":
      // The configuration says how much is too much.
      self = .affine(rank: try node.optional("rank")?.int(in: 1...(1 << 24)))
    case "mlp": self = .mlp
    case "tail":
      self = .tail(
        blocks: try node.required("blocks").int(in: 1...ModelConfiguration.largestBlockCount),
        map: try node.optional("map").map(AffineMap.init),
        readout: try node.optional("readout").map(AffineMap.init))
    default: throw kind.refuse(expected: "one of \(Self.kinds.joined(separator: ", "))")
    }
  }

  var json: JSON {
    switch self {
    case .norm, .mlp, .affine(nil): return ["kind": .string(kind)]
    case .affine(let rank?): return ["kind": .string(kind), "rank": .integer(Int64(rank))]
    case .tail(let blocks, let map, let readout):
      var object = JSONObject([("kind", .string(kind)), ("blocks", .integer(Int64(blocks)))])
      object["map"] = map?.json
      object["readout"] = readout?.json
      return .object(object)
    }
  }
}
