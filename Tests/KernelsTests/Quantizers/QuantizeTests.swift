import CleaveKernels
import TestSupport
import Testing

extension Kernels {
  /// ck_quantize_rows, against blocks that tools/golden/quantize.py made with the `gguf` package.
  @Suite struct Quantize {
    private static let written = ["F16", "BF16", "Q4_0", "Q4_1", "Q5_0", "Q5_1", "Q8_0"]
    static let golden = BlockType.all.filter { written.contains($0.name) }

    private func floats(_ bytes: [UInt8]) -> [Float] {
      bytes.withUnsafeBytes { Array($0.bindMemory(to: Float.self)) }
    }

    @Test(arguments: golden) func plainAsGGUFDoes(type: BlockType) throws {
      let weights = try Golden.bytes("quantize/weights.f32")
      let expected = try Golden.bytes("quantize/\(type.name).blocks")
      for variant in ["scalar"] + variants {
        let (blocks, fault) = under(variant) { quantize(weights, k: 32, to: type) }
        #expect(fault == nil)
        let first = zip(blocks, expected).enumerated().first { $1.0 != $1.1 }?.offset
        #expect(blocks.count == expected.count && first == nil, "\(variant), byte \(first ?? -1)")
      }
    }

    @Test(arguments: BlockType.targets) func variantsAndThreadsDoNotShow(type: BlockType) {
      var random = Random(3)
      let importance = random.importance(WeightKind.k)
      for kind in WeightKind.all {
        let weights = kind.weights(rows: 40)
        for effort in [CK_PLAIN, CK_SEARCH] {
          func blocks(_ pool: OpaquePointer?) -> [UInt8] {
            let (blocks, fault) = quantize(
              weights, k: WeightKind.k, to: type, importance: importance, effort: effort,
              pool: pool)
            #expect(fault == nil, "\(kind.name)")
            return blocks
          }
          let expected = under("scalar") { blocks(nil) }
          for variant in variants {
            #expect(under(variant) { blocks(nil) } == expected, "\(variant), \(kind.name)")
          }
          for threads in [1, 2, 3] {
            #expect(withPool(threads, blocks) == expected, "\(threads) threads, \(kind.name)")
          }
        }
      }
    }

    @Test(arguments: BlockType.written) func theSearchIsNeverWorse(type: BlockType) {
      var random = Random(5)
      for kind in WeightKind.all {
        let weights = kind.weights()
        for importance in [nil, random.importance(WeightKind.k)] {
          let found = [CK_PLAIN, CK_SEARCH].map { effort in
            let (blocks, fault) = quantize(
              weights, k: WeightKind.k, to: type, importance: importance, effort: effort)
            #expect(fault == nil, "\(kind.name)")
            return errors(weights, blocks, type, importance: importance)
          }
          for (plain, search) in zip(found[0], found[1]) {
            #expect(search <= plain, "\(kind.name)")
          }
        }
      }
    }

    /// The search lowers the error, most for the columns of high importance.
    @Test(arguments: BlockType.written) func theSearchGains(type: BlockType) throws {
      let weights = WeightKind.all[1].weights(rows: 20)
      var random = Random(8)
      let importance = random.importance(WeightKind.k)
      func error(_ effort: ck_effort, _ given: [Float]?) -> Double {
        let (blocks, _) = quantize(
          weights, k: WeightKind.k, to: type, importance: given, effort: effort)
        return errors(weights, blocks, type, importance: importance).reduce(0, +)
      }
      let plain = error(CK_PLAIN, nil)
      #expect(error(CK_PLAIN, importance) == plain)
      let blind = error(CK_SEARCH, nil)
      let knowing = error(CK_SEARCH, importance)
      #expect(blind < plain * 0.95)
      #expect(knowing < blind * 0.9)
    }

    /// By definition: the best of eight scales, each with the nearest codes, or better.
    @Test func eightScalesOfQ8_0AreTried() throws {
      let type = try #require(BlockType.written.first { $0.name == "Q8_0" })
      let weights = WeightKind.all[1].weights(rows: 20)
      let (blocks, _) = quantize(weights, k: WeightKind.k, to: type, effort: CK_SEARCH)
      func error(_ w: ArraySlice<Float>, step: Int) -> Double {
        let span = 1 - 0.006 * Float(step)
        let scale = Float(Float16(w.reduce(0) { max($0, abs($1)) } / (span * 127)))
        return w.reduce(0) { sum, w in
          let code = min(max((w / scale).rounded(.toNearestOrEven), -127), 127)
          let difference = Double(w) - Double(code) * Double(scale)
          return sum + difference * difference
        }
      }
      let found = errors(weights, blocks, type, importance: nil)
      for (index, found) in found.enumerated() {
        let expected = (8 * index..<8 * index + 8).reduce(0.0) { sum, block in
          let w = weights[32 * block..<32 * block + 32]
          return sum + ((0..<8).map { error(w, step: $0) }.min() ?? 0)
        }
        #expect(found <= expected * 1.0002, "\(index)")
      }
    }

    /// Weights without importance may have any error, which lowers that of the others.
    @Test(arguments: BlockType.written) func whatDoesNotMatterIsGivenUp(type: BlockType) {
      let k = 256
      var weights = (0..<k).map { Float($0 % 7) - 3 }
      let importance = (0..<k).map { Float($0 % 32 == 5 ? 0 : 1) }
      for i in stride(from: 5, to: k, by: 32) { weights[i] = 50 }
      let (plain, _) = quantize(weights, k: k, to: type)
      let (search, _) = quantize(
        weights, k: k, to: type, importance: importance, effort: CK_SEARCH)
      let before = errors(weights, plain, type, importance: importance)[0]
      let after = errors(weights, search, type, importance: importance)[0]
      #expect(after < before * 0.7)
    }

    @Test(arguments: BlockType.targets) func anySourceType(type: BlockType) {
      let k = 512
      for source in BlockType.all {
        var random = Random(11)
        let weights = random.blocks(source, elements: 3 * k)
        let direct = quantize(weights, from: source.id, k: k, to: type)
        let values = dequantized(source, weights, elements: 3 * k)
        #expect(direct.fault == nil)
        #expect(direct.blocks == quantize(values, k: k, to: type).blocks, "\(source.name)")
      }
    }

    @Test func atAnyAddress() {
      let weights = WeightKind.all[0].weights()
      let type = BlockType.written[0]
      var out = [UInt8](repeating: 0, count: weights.count / 32 * type.bytes)
      ([0] + bytes(of: weights)).withUnsafeBytes {
        _ = ck_quantize_rows(
          nil, CK_F32, $0.baseAddress! + 1, 6, WeightKind.k, type.id, nil, CK_PLAIN, &out)
      }
      #expect(out == quantize(weights, k: WeightKind.k, to: type).blocks)
    }
  }
}
