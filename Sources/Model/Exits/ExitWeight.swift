/// The weights of an exit, in the order they are used.
package enum ExitWeight: Hashable, Sendable {
  /// A weight of an affine body, or of the affine map before a tail.
  case affine(AffineWeight)
  /// A weight of the affine map after a tail.
  case readout(AffineWeight)
  /// A weight of an MLP body: a block's feed-forward network with its norm.
  case mlp(BlockWeight)
  /// A weight of one of the tail's blocks, counted from 0.
  case tail(Int, BlockWeight)
  /// The weight of the norm before the unembedding, `[hidden]`: with its bias every exit's last.
  case norm
  /// The bias of that norm, `[hidden]`, where the model's norms have biases.
  case normBias

  /// The part of its name after `exits.DEPTH.`.
  var suffix: String {
    switch self {
    case .affine(let weight): "affine.\(weight.suffix)"
    case .readout(let weight): "readout.\(weight.suffix)"
    case .mlp(.feedForwardNorm): "mlp.norm.weight"
    case .mlp(let weight): "mlp.\(weight.rawValue.split(separator: ".").last ?? "").weight"
    case .tail(let block, let weight): "tail.\(block).\(weight.text)"
    case .norm: "norm.weight"
    case .normBias: "norm.bias"
    }
  }

  /// The shape, rows (outputs) first.
  package func shape(in configuration: ModelConfiguration) -> [Int] {
    switch self {
    case .affine(let weight), .readout(let weight): weight.shape(hidden: configuration.hiddenSize)
    case .norm, .normBias: [configuration.hiddenSize]
    case .mlp(let weight), .tail(_, let weight): weight.shape(in: configuration)
    }
  }

  /// Whether this is a vector, which stays float whatever the type of the matrices.
  package var isVector: Bool {
    switch self {
    case .norm, .normBias: true
    case .affine(let weight), .readout(let weight): weight == .bias
    case .mlp(let weight), .tail(_, let weight): weight.isVector
    }
  }

  /// Whether it is stored in float whatever the type of the matrices: vectors, and the router of experts.
  package var staysFloat: Bool {
    switch self {
    case .mlp(let weight), .tail(_, let weight): weight.staysFloat
    case .affine, .readout, .norm, .normBias: isVector
    }
  }

  /// The weights of an exit with this body, the last norm among them.
  ///
  /// - Parameter tail: the kinds of the tail's blocks.
  package static func all(
    of body: ExitBody, in form: BlockForm, tail: [AttentionKind] = []
  ) -> [ExitWeight] {
    let norm: [ExitWeight] = form.normBias ? [.norm, .normBias] : [.norm]
    return switch body {
    case .norm: norm
    case .affine(let rank): AffineMap(rank: rank).weights.map(Self.affine) + norm
    case .mlp: [.mlp(.feedForwardNorm), .mlp(.gate), .mlp(.up), .mlp(.down)] + norm
    case .tail(let blocks, let map, let readout):
      (map?.weights ?? []).map(Self.affine)
        + (0..<blocks).flatMap { block in
          BlockWeight.all(in: form, block < tail.count ? tail[block].mixer : .attention)
            .map { .tail(block, $0) }
        }
        + (readout?.weights ?? []).map(Self.readout) + norm
    }
  }
}

extension ExitRecord {
  /// The weight of the exit that is a weight of `body.readout`.
  package func readout(_ weight: AffineWeight) -> ExitWeight {
    if case .affine = body { .affine(weight) } else { .readout(weight) }
  }

  package func name(of weight: ExitWeight) -> String { "exits.\(depth).\(weight.suffix)" }

  /// The name of the exit's norm weight, of shape `[hidden]`.
  package var normName: String { name(of: .norm) }

  /// The name of the bias of the exit's norm.
  package var normBiasName: String { name(of: .normBias) }

  /// The weights of the exit's file.
  package func weights(in configuration: ModelConfiguration) -> [ExitWeight] {
    ExitWeight.all(
      of: body, in: configuration.block, tail: tailAttention(in: configuration))
  }
}
