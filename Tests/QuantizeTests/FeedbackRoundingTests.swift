import CleaveKernels
import CleaveQuantize
import CleaveRuntime
import CleaveStorage
import TestSupport
import Testing

/// Tests of rounding with error feedback.
@Suite struct FeedbackRoundingTests {
  private func searched(
    _ weights: [Float], width: Int, _ type: TensorType, _ importance: [Float]
  ) throws -> [UInt8] {
    quantized(
      try matrix(weights, width: width), to: type, importance: importance, effort: CK_SEARCH)
  }

  /// Without correlation between columns there is nothing to compensate, and the result is that of
  /// `search` with the moments as importance. Search may keep the codes of `plain`, which rounds
  /// with the scale before its conversion to float16; then the nearest codes on the same grid are
  /// as good or better. The numbers of rows are at the borders of tiles (128) and slabs (1024).
  @Test(arguments: blockTypes, [1, 127, 129, 1025])
  func diagonalMomentsLeaveSearch(type: TensorType, rows: Int) throws {
    let weights = randomWeights(rows, 256)
    let factor = try Inputs.separate(width: 256).factor()
    let found = try fedBack(weights, factor, type)
    let expected = try searched(weights, width: 256, type, factor.importance)
    #expect(found.count == expected.count)
    let others = stride(from: 0, to: found.count, by: type.blockBytes).filter {
      found[$0..<$0 + type.blockBytes] != expected[$0..<$0 + type.blockBytes]
    }
    #expect(1000 * others.count <= found.count / type.blockBytes)
    let count = type.blockElements
    for start in others {
      let first = start / type.blockBytes * count
      func error(_ blocks: [UInt8]) -> Double {
        let block = Array(blocks[start..<start + type.blockBytes])
        return values(block, type, count: count).enumerated().reduce(0) { sum, value in
          let difference = Double(value.element - weights[first + value.offset])
          return sum + Double(factor.importance[(first + value.offset) % 256]) * difference
            * difference
        }
      }
      #expect(error(found) <= error(expected))
    }
  }

  /// Outputs are nearer to the true ones than with `search` and the same moments.
  @Test(arguments: blockTypes)
  func outputsAreNearer(type: TensorType) throws {
    let width = type.blockElements == 256 ? 512 : 256
    let inputs = Inputs.correlated(width: width, count: 600)
    // Inputs other than those used for quantization.
    let others = Inputs.correlated(width: width, count: 600, seed: 99)
    let weights = randomWeights(6, width)
    let fed = values(try fedBack(weights, try inputs.factor(), type), type, count: weights.count)
    let searched = values(
      try searched(weights, width: width, type, inputs.moments.meanSquares), type,
      count: weights.count)
    for inputs in [inputs, others] {
      let (error, other) = (
        inputs.outputError(weights, fed), inputs.outputError(weights, searched)
      )
      #expect(error < 0.8 * other, "\(error) of \(other)")
    }
  }

  private static let wide = reference(width: 512)
  private static let narrow = reference(width: 160)

  private static func reference(width: Int) -> FeedbackReference {
    let inputs = Inputs.correlated(width: width, count: 700)
    return FeedbackReference(inputs.moments.damped(0.01), width: width)
  }

  /// The textbook method gives the same weights, except where float32 rounds to the other side of a
  /// half. For blocks of 32 that is rare, while the grid of a whole super-block may depend on the
  /// last bit.
  @Test(arguments: blockTypes)
  func theTextbookAgrees(type: TensorType) throws {
    let width = type.blockElements == 256 ? 512 : 160
    let reference = width == 512 ? Self.wide : Self.narrow
    let inputs = Inputs.correlated(width: width, count: 700)
    // The last row is alone in the second slab.
    let rows = [0, 1, 127, 128, 1023, 1024]
    let weights = randomWeights(1025, width)
    let found = values(try fedBack(weights, try inputs.factor(), type), type, count: weights.count)
    let same = rows.reduce(0) { sum, row in
      let range = row * width..<(row + 1) * width
      let expected = reference.rounded(Array(weights[range]), type)
      return sum + zip(expected, found[range]).count { $0 == $1 }
    }
    let all = rows.count * width
    let allowed = type.blockElements == 256 ? 256 + all / 200 : all / 200
    #expect(same >= all - allowed, "\(same) of \(all)")
  }

  /// Runs in a process of its own, because the instruction set is chosen once per process.
  @Test func neitherThreadsNorInstructionSetsShow() async {
    await #expect(processExitsWith: .success) {
      let factor = try Inputs.correlated(width: 256, count: 400).factor()
      let weights = randomWeights(300, 256)
      for type in blockTypes {
        precondition(ck_select_isa("scalar") == 0)
        let expected = try fedBack(weights, factor, type, threads: 1)
        for variant in ["scalar", "avx2", "avx512", "neon"] where ck_select_isa(variant) == 0 {
          for threads in 1...3 {
            let found = try fedBack(weights, factor, type, threads: threads)
            precondition(found == expected, "\(type) \(variant) \(threads)")
          }
        }
      }
    }
  }

  @Test(arguments: [
    (0, 0, Float.nan), (1, 40, .infinity), (130, 255, -.infinity), (1023, 17, .nan),
    (1024, 31, .nan), (1030, 200, .infinity), (1030, 100, 3e38),
  ])
  func weightsThatNoBlockHolds(row: Int, column: Int, value: Float) throws {
    var weights = randomWeights(1040, 256)
    weights[row * 256 + column] = value
    // A bad weight further down is not the one reported.
    weights[1035 * 256 + column] = value
    let factor = try Inputs.separate(width: 256).factor()
    for type in [TensorType.q4_0, .q4_K] {
      try expectRefusal("weights: m, row \(row): found a weight that \(type.rawValue) cannot hold")
      {
        try fedBack(weights, factor, type)
      }
    }
  }
}
