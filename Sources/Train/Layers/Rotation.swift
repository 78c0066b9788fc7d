import CleaveKernels
import CleaveModel
import Glibc

/// RoPE over the rows of a batch. Its gradient is the inverse rotation.
struct Rotation: Sendable {
  private let headDimension: Int
  private let cosines: [Float]  // [positions, headDimension / 2]
  private let sines: [Float]
  private let negatedSines: [Float]

  init(_ configuration: ModelConfiguration, positions: Int) {
    headDimension = configuration.headDimension
    let frequencies = configuration.rope.inverseFrequencies(
      headDimension: headDimension, contextLength: configuration.contextLength)
    let angles = (0..<positions).flatMap { position in
      frequencies.map { Double(Float(position) * $0) }
    }
    cosines = angles.map { Float(cos($0)) }
    sines = angles.map { Float(sin($0)) }
    negatedSines = sines.map { -$0 }
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
