/// The weights of an exit, in the order they are used.
package enum ExitWeight: Hashable, Sendable {
  /// W of an affine body, or of the affine map before a tail, `[hidden, hidden]`.
  case affine
  /// W as a product of two: down `[rank, hidden]`, up `[hidden, rank]`.
  case affineDown(rank: Int)
  case affineUp(rank: Int)
  case affineBias
  /// A weight of an MLP body: a block's feed-forward network with its norm.
  case mlp(BlockWeight)
  /// A weight of one of the tail's blocks, counted from 0.
  case tail(Int, BlockWeight)
  /// The weight of the norm before the unembedding, `[hidden]`: every exit's last.
  case norm

  /// The part of its name after `exits.DEPTH.`.
  var suffix: String {
    switch self {
    case .affine: "affine.weight"
    case .affineDown: "affine.down.weight"
    case .affineUp: "affine.up.weight"
    case .affineBias: "affine.bias"
    case .mlp(.feedForwardNorm): "mlp.norm.weight"
    case .mlp(let weight): "mlp.\(weight.rawValue.split(separator: ".").last ?? "").weight"
    case .tail(let block, let weight): "tail.\(block).\(weight.text)"
    case .norm: "norm.weight"
    }
  }

  /// The shape, rows (outputs) first.
  package func shape(in configuration: ModelConfiguration) -> [Int] {
    let hidden = configuration.hiddenSize
    return switch self {
    case .affine: [hidden, hidden]
    case .affineDown(let rank): [rank, hidden]
    case .affineUp(let rank): [hidden, rank]
    case .affineBias, .norm: [hidden]
    case .mlp(let weight), .tail(_, let weight): weight.shape(in: configuration)
    }
  }

  /// Whether this is a vector, which stays float whatever the type of the matrices.
  package var isVector: Bool {
    switch self {
    case .affineBias, .norm: true
    case .mlp(let weight), .tail(_, let weight): weight.isVector
    case .affine, .affineDown, .affineUp: false
    }
  }

  /// The weights of an exit with this body, the last norm among them.
  package static func all(of body: ExitBody, in form: BlockForm) -> [ExitWeight] {
    switch body {
    case .norm: [.norm]
    case .affine(nil): [.affine, .affineBias, .norm]
    case .affine(let rank?): [.affineDown(rank: rank), .affineUp(rank: rank), .affineBias, .norm]
    case .mlp: [.mlp(.feedForwardNorm), .mlp(.gate), .mlp(.up), .mlp(.down), .norm]
    case .tail(let blocks, let map):
      all(of: map)
        + (0..<blocks).flatMap { block in BlockWeight.all(in: form).map { .tail(block, $0) } }
        + [.norm]
    }
  }
}

extension ExitWeight {
  /// The weights of the affine map before a tail; none where there is no map.
  private static func all(of map: AffineMap?) -> [ExitWeight] {
    guard let map else { return [] }
    guard let rank = map.rank else { return [.affine, .affineBias] }
    return [.affineDown(rank: rank), .affineUp(rank: rank), .affineBias]
  }
}

extension ExitRecord {
  package func name(of weight: ExitWeight) -> String { "exits.\(depth).\(weight.suffix)" }

  /// The name of the exit's norm weight, of shape `[hidden]`.
  package var normName: String { name(of: .norm) }

  /// The weights of the exit's file.
  package func weights(in configuration: ModelConfiguration) -> [ExitWeight] {
    ExitWeight.all(of: body, in: configuration.block)
  }
}
