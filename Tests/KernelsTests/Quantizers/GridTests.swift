import CleaveKernels
import Testing

extension Kernels {
  /// Quantization of a block in two steps: its grid, then its codes.
  @Suite struct QuantizeGrid {
    private func grid(
      _ type: BlockType, _ weights: [Float], _ importance: [Float]?, _ effort: ck_effort
    ) -> (ck_grid, Fault?) {
      var grid = ck_grid()
      let result =
        importance.map { ck_choose_grid(type.id, weights, $0, effort, &grid) }
        ?? ck_choose_grid(type.id, weights, nil, effort, &grid)
      let isFault = result.fault.rawValue != CK_FAULT_NONE.rawValue
      return (grid, isFault ? Fault(result.fault, result.element) : nil)
    }

    private func pack(_ grid: ck_grid, _ codes: [Int8], _ type: BlockType) -> [UInt8] {
      var block = [UInt8](repeating: 0xA5, count: type.bytes)
      withUnsafePointer(to: grid) { ck_pack_block($0, codes, &block) }
      return block
    }

    /// Every code at every index, on every grid, dequantizes to the value of the grid.
    @Test(arguments: BlockType.written) func packedCodesAreTheGridsValues(type: BlockType) {
      var random = Random(21)
      for kind in WeightKind.all {
        let weights = Array(kind.weights()[..<type.elements])
        let (grid, fault) = grid(type, weights, nil, CK_SEARCH)
        #expect(fault == nil)
        #expect(Int(grid.subs * grid.elements) == type.elements)
        let levels = Int(grid.highest - grid.lowest + 1)
        for turn in 0..<levels {
          let offset = Int(random.next() % 97)
          let codes = (0..<type.elements).map {
            Int8(($0 * 5 + offset + turn) % levels + Int(grid.lowest))
          }
          let values = dequantized(type, pack(grid, codes, type), elements: type.elements)
          for i in 0..<type.elements {
            let expected = withUnsafePointer(to: grid) {
              ck_grid_value($0, Int32(i) / grid.elements, Int32(codes[i]))
            }
            #expect(values[i] == expected, "\(kind.name), weight \(i), code \(codes[i])")
          }
        }
      }
    }

    /// Encoding on the chosen grid is as good as ck_quantize_rows.
    @Test(arguments: BlockType.written) func encodingOnAGrid(type: BlockType) {
      var random = Random(22)
      for kind in WeightKind.all {
        let weights = Array(kind.weights()[..<256])
        let importance = random.importance(256)
        for effort in [CK_PLAIN, CK_SEARCH] {
          let blocks = stride(from: 0, to: 256, by: type.elements).flatMap { start -> [UInt8] in
            let own = Array(weights[start..<start + type.elements])
            let h = Array(importance[start..<start + type.elements])
            let (grid, _) = grid(type, own, h, effort)
            let codes = withUnsafePointer(to: grid) { grid in
              own.enumerated().map {
                Int8(ck_grid_code(grid, Int32($0.offset) / grid.pointee.elements, $0.element))
              }
            }
            return pack(grid, codes, type)
          }
          let (whole, _) = quantize(
            weights, k: 256, to: type, importance: importance, effort: effort)
          let found = errors(weights, blocks, type, importance: importance)[0]
          let expected = errors(weights, whole, type, importance: importance)[0]
          #expect(found <= expected * 1.00001, "\(kind.name)")
        }
      }
    }

    @Test(arguments: BlockType.written) func codesAreTheNearest(type: BlockType) {
      let weights = Array(WeightKind.all[1].weights()[..<type.elements])
      let (grid, _) = grid(type, weights, nil, CK_SEARCH)
      withUnsafePointer(to: grid) { grid in
        for (i, weight) in weights.enumerated() {
          let sub = Int32(i) / grid.pointee.elements
          func distance(_ code: Int32) -> Float { abs(ck_grid_value(grid, sub, code) - weight) }
          let best = (grid.pointee.lowest...grid.pointee.highest).map(distance).min()!
          let step = abs(grid.pointee.scale.0) * 1e-5
          #expect(distance(ck_grid_code(grid, sub, weight)) <= best + step)
        }
        #expect(ck_grid_code(grid, 0, 1e30) == grid.pointee.highest || grid.pointee.scale.0 < 0)
      }
    }

    @Test(arguments: BlockType.written) func faultsAreOfTheBlock(type: BlockType) {
      var weights = [Float](repeating: 1, count: type.elements)
      weights[type.elements - 2] = .nan
      #expect(grid(type, weights, nil, CK_PLAIN).1 == Fault(CK_FAULT_NOT_FINITE, weights.count - 2))
      weights[type.elements - 2] = 3e38
      #expect(grid(type, weights, nil, CK_SEARCH).1 == Fault(CK_FAULT_TOO_LARGE, weights.count - 2))
    }
  }

  @Suite struct QuantizeFaults {
    @Test(arguments: BlockType.targets, [Float.nan, -.nan, .infinity, -.infinity])
    func notFinite(type: BlockType, value: Float) {
      for location in [0, 15, 17, 31, 255, 300, 512 * 39 + 511] {
        var weights = WeightKind.all[0].weights(rows: 40)
        weights[location] = value
        for variant in ["scalar"] + variants {
          let fault = under(variant) { quantize(weights, k: 512, to: type).fault }
          #expect(fault == Fault(CK_FAULT_NOT_FINITE, location), "\(variant)")
        }
      }
    }

    @Test(arguments: BlockType.targets.filter { $0.name != "F32" }) func tooLarge(type: BlockType) {
      for value: Float in [3.4e38, -3.4e38] {
        var weights = WeightKind.all[0].weights(rows: 2)
        weights[700] = value
        for effort in [CK_PLAIN, CK_SEARCH] {
          let (_, fault) = quantize(weights, k: 512, to: type, effort: effort)
          #expect(fault == Fault(CK_FAULT_TOO_LARGE, 700))
        }
      }
    }

    /// The largest float16, and larger numbers that round to it and not to infinity.
    @Test func theEdgeOfFloat16() {
      let half = BlockType.all.first { $0.name == "F16" }!
      #expect(
        quantize([65504, -65519.99, 0], k: 3, to: half).blocks == [255, 123, 255, 251, 0, 0])
      #expect(quantize([1, 65520], k: 2, to: half).fault == Fault(CK_FAULT_TOO_LARGE, 1))
    }

    /// The first fault by index, whichever thread finds one first.
    @Test func theFirstFaultIsNamed() {
      var weights = WeightKind.all[0].weights(rows: 400)
      let places = [512 * 390 + 3, 512 * 250 + 40, 512 * 77 + 500]
      for location in places { weights[location] = .nan }
      let type = BlockType.written[0]
      for threads in [1, 2, 3, 5] {
        let fault = withPool(threads) { quantize(weights, k: 512, to: type, pool: $0).fault }
        #expect(fault == Fault(CK_FAULT_NOT_FINITE, 512 * 77 + 500))
      }
    }
  }
}
