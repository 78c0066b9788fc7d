import CleaveModel
import CleaveStorage

/// A model with exits whose weights are random, as if training had gone wrong: every weight matters.
package struct RandomExits {
  package let artifact: Artifact
  /// The values written, as float32, by tensor name.
  package let weights: [String: [Float]]

  /// - Parameters:
  ///   - model: with exits; their records stay.
  ///   - type: of the matrices: F32, or Q8_0.
  ///   - change: to the records.
  package init(
    _ model: Artifact, type: TensorType = .f32, seed: UInt64 = 1, into scratch: Scratch,
    name: String = "random", change: (inout [ExitRecord]) -> Void = { _ in }
  ) throws {
    precondition(type == .f32 || type == .q8_0)
    let writer = try ArtifactWriter(target: scratch(name), sources: [], force: false)
    var random = SplitMix64(seed: seed)
    var weights: [String: [Float]] = [:]
    let configuration = model.manifest.configuration
    for file in model.manifest.files {
      guard let exit = model.manifest.exits.first(where: { $0.path == file.path }) else {
        try writer.link(file.path, from: model)
        continue
      }
      let sources = exit.weights(in: configuration).map { weight in
        let shape = weight.shape(in: configuration)
        let (floats, bytes) =
          weight.isVector || type == .f32
          ? Self.floats(shape, random: &random, around: weight.isBias ? 0 : 1)
          : Self.blocks(shape, random: &random)
        weights[exit.name(of: weight)] = floats
        return WeightSource(
          name: exit.name(of: weight), type: weight.isVector ? .f32 : type, shape: shape,
          bytes: bytes)
      }
      try writer.write(sources, to: file.path)
    }
    var manifest = model.manifest
    change(&manifest.exits)
    _ = try writer.finish(manifest)
    artifact = try Artifact(opening: scratch(name))
    self.weights = weights
  }

  /// Vectors stay near `around`, matrices near 0.
  private static func floats(
    _ shape: [Int], random: inout SplitMix64, around: Float
  ) -> ([Float], [UInt8]) {
    let middle = shape.count == 1 ? around : 0
    let values = (0..<shape.reduce(1, *)).map { _ in
      middle + Float.random(in: -0.25...0.25, using: &random)
    }
    return (values, values.withUnsafeBytes { Array($0) })
  }

  /// Blocks of 32 with the scale 1/256, which float16 has exactly.
  private static func blocks(
    _ shape: [Int], random: inout SplitMix64
  ) -> ([Float], [UInt8]) {
    var (values, bytes): ([Float], [UInt8]) = ([], [])
    for index in 0..<shape.reduce(1, *) {
      if index % 32 == 0 { bytes += [0x00, 0x1C] }
      let quant = Int8.random(in: -64...64, using: &random)
      bytes.append(UInt8(bitPattern: quant))
      values.append(Float(quant) / 256)
    }
    return (values, bytes)
  }
}

extension ExitWeight {
  fileprivate var isBias: Bool {
    switch self {
    case .affine(let weight), .readout(let weight): weight == .bias
    case .mlp, .tail, .norm, .normBias: false
    }
  }
}
