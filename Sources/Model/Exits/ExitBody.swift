import CleaveStorage

/// The computation between the hidden state that an exit reads and the exit's norm.
///
/// After every body come an RMSNorm with the exit's own weight and the model's unembedding. x is the hidden
/// state `[hidden]` that is read:
/// - `norm`: nothing more (the logit lens);
/// - `affine`: y = x + W x + b (the tuned lens, Belrose et al., arXiv 2303.08112), W whole or of low rank;
/// - `mlp`: y = x + down(silu(gate(n)) * up(n)), n = RMSNorm(x) (EE-Tuning, Pan et al., arXiv 2402.00518);
/// - `tail`: whole transformer blocks of the model's shape, with their own KV cache. A tail may begin with an
///   affine map, which brings x to the hidden state that its blocks expect.
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
  case tail(blocks: Int, map: AffineMap? = nil)

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
    if case .tail(let blocks, _) = self { blocks } else { 0 }
  }

  /// The rank of the affine body, or of the map before a tail; nil where there is none, or it is full.
  package var rank: Int? {
    switch self {
    case .affine(let rank): rank
    case .tail(_, let map): map?.rank
    case .norm, .mlp: nil
    }
  }

  /// The affine map before the tail's blocks.
  package var map: AffineMap? {
    if case .tail(_, let map) = self { map } else { nil }
  }
}

// MARK: - Text

extension ExitBody: CustomStringConvertible {
  /// The forms that `init(text:)` reads, for messages.
  package static let forms =
    "norm, affine, affine:RANK, mlp, tail:BLOCKS, affine+tail:BLOCKS or affine:RANK+tail:BLOCKS"

  /// Reads a body as on a command line: `norm`, `affine`, `affine:64`, `mlp`, `tail:4`, `affine+tail:4`,
  /// `affine:64+tail:4`.
  package init?(text: String) {
    let steps = text.split(separator: "+", omittingEmptySubsequences: false)
    guard steps.count == 2 else {
      self.init(single: text)
      return
    }
    guard case .affine(let rank)? = Self(single: String(steps[0])),
      case .tail(let blocks, nil)? = Self(single: String(steps[1]))
    else { return nil }
    self = .tail(blocks: blocks, map: AffineMap(rank: rank))
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
    case .tail(let blocks, nil): "tail:\(blocks)"
    case .tail(let blocks, let map?): "\(ExitBody.affine(rank: map.rank))+tail:\(blocks)"
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
        map: try node.optional("map").map(AffineMap.init))
    default: throw kind.refuse(expected: "one of \(Self.kinds.joined(separator: ", "))")
    }
  }

  var json: JSON {
    switch self {
    case .norm, .mlp, .affine(nil): ["kind": .string(kind)]
    case .affine(let rank?): ["kind": .string(kind), "rank": .integer(Int64(rank))]
    case .tail(let blocks, nil): ["kind": .string(kind), "blocks": .integer(Int64(blocks))]
    case .tail(let blocks, let map?):
      ["kind": .string(kind), "blocks": .integer(Int64(blocks)), "map": map.json]
    }
  }
}
