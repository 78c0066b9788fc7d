import CleaveKernels
import CleaveQuantize
import CleaveRuntime
import CleaveStorage
import TestSupport

/// The types with blocks.
let blockTypes = TensorType.allCases.filter { $0.isQuantized && $0.isWritten }

extension SplitMix64 {
  /// A random weight between -1 and 1, most near 0: the sum of four uniform numbers.
  mutating func weight() -> Float {
    (0..<4).reduce(0) { sum, _ in sum + Float.random(in: -0.5...0.5, using: &self) } / 2
  }
}

/// Inputs of a matrix, `[count, width]`.
struct Inputs {
  let width: Int
  let count: Int
  var values: [Float]

  /// Inputs like real activations: neighbouring columns are correlated, and some columns are larger
  /// than others.
  static func correlated(width: Int, count: Int, seed: UInt64 = 3) -> Inputs {
    var columns = SplitMix64(seed: 1)
    let scales = (0..<width).map { _ in Float.random(in: 0.3...3, using: &columns) }
    var random = SplitMix64(seed: seed)
    var values: [Float] = []
    for _ in 0..<count {
      var last: Float = 0
      for column in 0..<width {
        last = 0.9 * last + 0.44 * random.weight()
        values.append(last * scales[column])
      }
    }
    return Inputs(width: width, count: count, values: values)
  }

  /// Inputs with one column set at a time, whose moments are diagonal.
  static func separate(width: Int, seed: UInt64 = 4) -> Inputs {
    var random = SplitMix64(seed: seed)
    var values = [Float](repeating: 0, count: width * width)
    for column in 0..<width {
      values[column * width + column] = Float.random(in: 0.1...4, using: &random)
    }
    return Inputs(width: width, count: width, values: values)
  }

  var moments: SecondMoments { moments(threads: 2) }

  func moments(threads: Int) -> SecondMoments {
    let moments = SecondMoments(width: width, threads: threads)
    moments.add(values, count: count)
    return moments
  }

  func factor(damping: Double = 0.01) throws -> FeedbackFactor {
    try FeedbackFactor(moments, damping: damping, of: "m")
  }

  /// The sum of squared output differences between two matrices, `[rows, width]`.
  func outputError(_ weights: [Float], _ others: [Float]) -> Double {
    let rows = weights.count / width
    var sum = 0.0
    for row in 0..<rows {
      let difference = (0..<width).map { weights[row * width + $0] - others[row * width + $0] }
      for sample in 0..<count {
        var output: Float = 0
        for column in 0..<width { output += difference[column] * values[sample * width + column] }
        sum += Double(output) * Double(output)
      }
    }
    return sum
  }
}

func randomWeights(_ rows: Int, _ width: Int, seed: UInt64 = 7) -> [Float] {
  var random = SplitMix64(seed: seed)
  return (0..<rows * width).map { _ in random.weight() }
}

/// A matrix in memory.
func matrix(_ weights: [Float], width: Int) throws -> Tensor {
  let count = 4 * weights.count
  let file = try MappedFile(inMemory: "weights", count: count) { out in
    weights.withUnsafeBytes { out.copyMemory(from: $0) }
  }
  return try Tensor(
    name: "m", type: .f32, shape: [weights.count / width, width], file: file, range: 0..<count)
}

/// The result of error feedback on a matrix.
func fedBack(
  _ weights: [Float], _ factor: FeedbackFactor, _ type: TensorType, threads: Int = 2
) throws -> [UInt8] {
  var bytes: [UInt8] = []
  try FeedbackRounding(
    tensor: try matrix(weights, width: factor.width), type: type, factor: factor,
    pool: try ThreadPool(threads: threads)
  ).stream { bytes += $0 }
  return bytes
}

/// The first `count` weights that blocks hold.
func values(_ blocks: [UInt8], _ type: TensorType, count: Int) -> [Float] {
  var values = [Float](repeating: 0, count: count)
  ck_dequantize(ck_type(rawValue: type.ggmlID), blocks, &values, count)
  return values
}
