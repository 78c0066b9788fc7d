import CleaveKernels
import CleaveModel
import Glibc

/// RoPE over the rows of a batch. Its gradient is the inverse rotation, with the same factor where there is one.
struct Rotation: Sendable {
  private let headDimension: Int
  private let cosines: [Float]  // [positions, headDimension / 2]
  private let sines: [Float]
  private let negatedSines: [Float]
  /// The factor of queries at each position; empty where they do not grow.
  private let queryFactors: [Float]

  /// - Parameter rope: nil for a rotation that turns nothing.
  init(_ rope: RoPE?, _ configuration: ModelConfiguration, positions: Int) {
    headDimension = configuration.headDimension
    let frequencies =
      rope?.inverseFrequencies(
        headDimension: headDimension, contextLength: configuration.contextLength)
      ?? [Float](repeating: 0, count: headDimension / 2)
    // A pair that is not rotated is not scaled either.
    let factors = frequencies.map { $0 == 0 ? 1 : rope?.attentionFactor ?? 1 }
    queryFactors = configuration.queryScaling.map { (0..<positions).map($0.factor(at:)) } ?? []
    let angles = (0..<positions).flatMap { position in
      zip(frequencies, factors).map { (Double(Float(position) * $0), $1) }
    }
    cosines = angles.map { Float(cos($0)) * $1 }
    sines = angles.map { Float(sin($0)) * $1 }
    negatedSines = sines.map { -$0 }
  }

  /// The rotations of a model: that of blocks that attend to all positions, then that of blocks with a window, where
  /// it differs, and last, where some blocks have no RoPE, one that turns nothing.
  static func all(_ configuration: ModelConfiguration, positions: Int) -> [Rotation] {
    let ropes = configuration.ropes.map { Optional($0) }
    return (ropes + (configuration.unrotatedBlocks.isEmpty ? [] : [nil])).map {
      Rotation($0, configuration, positions: positions)
    }
  }

  /// Multiplies queries by the factors of their positions, in place; their gradients likewise.
  ///
  /// - Parameter queries: `[rows, query]`.
  func grow(_ queries: MatrixView, _ layout: BatchLayout) {
    guard !queryFactors.isEmpty else { return }
    for (rows, start) in zip(layout.texts, layout.starts) {
      for (position, row) in zip(start..., rows) where queryFactors[position] != 1 {
        queries.rows(row..<row + 1).scale(by: queryFactors[position])
      }
    }
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
