import CleaveKernels
import CleaveModel
import Glibc

/// RoPE over the rows of a batch. Its gradient is the inverse rotation, with the same factor where there is one.
struct Rotation: Sendable {
  private let headDimension: Int
  private let cosines: [Float]  // [positions, headDimension / 2]
  private let sines: [Float]
  private let negatedSines: [Float]

  init(_ rope: RoPE, _ configuration: ModelConfiguration, positions: Int) {
    headDimension = configuration.headDimension
    let frequencies = rope.inverseFrequencies(
      headDimension: headDimension, contextLength: configuration.contextLength)
    // A pair that is not rotated is not scaled either.
    let factors = frequencies.map { $0 == 0 ? 1 : rope.attentionFactor }
    let angles = (0..<positions).flatMap { position in
      zip(frequencies, factors).map { (Double(Float(position) * $0), $1) }
    }
    cosines = angles.map { Float(cos($0)) * $1 }
    sines = angles.map { Float(sin($0)) * $1 }
    negatedSines = sines.map { -$0 }
  }

  /// The rotations of a model: that of blocks that attend to all positions, then that of blocks with a window, where
  /// it differs.
  static func all(_ configuration: ModelConfiguration, positions: Int) -> [Rotation] {
    configuration.ropes.map { Rotation($0, configuration, positions: positions) }
  }

  /// Rotates the first `heads` heads of every row, in place.
  func apply(
    _ x: MatrixView, heads: Int, _ layout: BatchLayout, backward: Bool = false, _ workers: Workers
  ) {
    let half = headDimension / 2
    precondition(x.columns >= heads * headDimension && x.rows == layout.rows)
    precondition(layout.longest * half <= cosines.count)
    workers.forEach(layout.texts.count) { text, _ in
      let (rows, start) = (layout.texts[text], layout.starts[text])
      cosines.withUnsafeBufferPointer { cosine in
        (backward ? negatedSines : sines).withUnsafeBufferPointer { sine in
          for (position, row) in zip(start..., rows) {
            ck_rope(
              x.base + row * x.stride, heads, headDimension, cosine.baseAddress! + position * half,
              sine.baseAddress! + position * half)
          }
        }
      }
    }
  }
}
