extension ModelConfiguration {
  /// The most positions that a short convolution may read.
  static let largestKernel = 16

  /// The mixer of a block of the model, counted from 0.
  package func mixer(ofBlock index: Int) -> Mixer {
    if convolution?.blocks.contains(index) == true { return .convolution }
    if deltaNet?.blocks.contains(index) == true { return .deltaNet }
    return .attention
  }

  /// Whether some blocks have a state in place of keys and values.
  package var hasStates: Bool { convolution != nil || deltaNet != nil }

  /// Width of what the output projection of a block with this mixer reads.
  package func mixedSize(_ mixer: Mixer) -> Int {
    switch mixer {
    case .attention: querySize
    case .convolution: hiddenSize
    case .deltaNet: deltaNet?.valueSize ?? 0
    }
  }

  /// Width of all that the input projections of a block with this mixer give for a position.
  package func projectedSize(_ mixer: Mixer) -> Int {
    switch mixer {
    case .attention: querySize + 2 * kvSize + (block.outputGate ? querySize : 0)
    case .convolution: 3 * hiddenSize
    case .deltaNet: deltaNet.map { $0.mixedSize + $0.valueSize + 2 * $0.valueHeads } ?? 0
    }
  }

  /// Checks the settings of blocks with a state.
  func validateMixers(_ refuse: Refuse) throws {
    if let convolution {
      try validate(convolution.blocks, of: "short_convolution", refuse)
      try validate(kernel: convolution.kernel, of: "short_convolution", refuse)
    }
    guard let net = deltaNet else { return }
    try validate(net.blocks, of: "delta_net", refuse)
    try validate(kernel: net.kernel, of: "delta_net", refuse)
    try validate(net, refuse)
    if let both = convolution?.blocks.first(where: net.blocks.contains) {
      throw refuse("delta_net.blocks", "\(both), which has a convolution", "other blocks")
    }
  }

  private func validate(_ blocks: [Int], of name: String, _ refuse: Refuse) throws {
    guard !blocks.isEmpty, areBlocks(blocks) else {
      throw refuse(
        "\(name).blocks", "\(blocks.prefix(16))",
        "rising indices of some of the \(blockCount) blocks")
    }
    if let both = window?.blocks.first(where: blocks.contains) {
      throw refuse("\(name).blocks", "\(both), which has a window", "blocks without one")
    }
  }

  private func validate(kernel: Int, of name: String, _ refuse: Refuse) throws {
    guard (2...Self.largestKernel).contains(kernel) else {
      throw refuse("\(name).kernel", "\(kernel)", "from 2 to \(Self.largestKernel)")
    }
  }

  /// The kernels run 16 columns of a state side by side, and sum its rows in four chains.
  private func validate(_ net: DeltaNet, _ refuse: Refuse) throws {
    let bounded = [
      ("key_heads", net.keyHeads, 1), ("value_heads", net.valueHeads, 1),
      ("key_dimension", net.keyDimension, 4), ("value_dimension", net.valueDimension, 16),
    ]
    for (name, value, unit) in bounded
    where !(1...(1 << 16)).contains(value) || value % unit != 0 {
      let multiple = unit == 1 ? "" : ", a multiple of \(unit)"
      throw refuse("delta_net.\(name)", "\(value)", "from 1 to \(1 << 16)\(multiple)")
    }
    guard net.valueHeads % net.keyHeads == 0 else {
      throw refuse(
        "delta_net.key_heads", "\(net.keyHeads)", "a divisor of the \(net.valueHeads) value heads")
    }
    // Each product is below 2^48.
    guard net.mixedSize <= Self.largestDimension, net.stateSize <= Self.largestDimension else {
      throw refuse(
        "delta_net.value_heads",
        "\(net.valueHeads) states of \(net.keyDimension) x \(net.valueDimension)",
        "at most 2^24 numbers in all")
    }
  }
}
