import CleaveKernels
import Glibc
import Testing

extension Kernels {
  /// ck_store_kv: the rotation, the layout, the rounding to float16 and to 8 bits.
  @Suite struct KVCache {
    static func angles(_ count: Int) -> (cosine: [Float], sine: [Float]) {
      var random = Random(61)
      let angles = random.floats(count, scale: 3)
      return (angles.map(cosf), angles.map(sinf))
    }

    /// The rotation of x, [columns, heads * headDim], by ck_rope, column by column.
    static func rotated(
      _ x: [Float], columns: Int, headDim: Int, _ angles: (cosine: [Float], sine: [Float])
    ) -> [Float] {
      let (width, half) = (x.count / columns, headDim / 2)
      return (0..<columns).flatMap { column in
        var out = Array(x[column * width..<(column + 1) * width])
        let range = column * half..<(column + 1) * half
        ck_rope(
          &out, width / headDim, headDim, Array(angles.cosine[range]), Array(angles.sine[range]))
        return out
      }
    }

    @Test(arguments: [CK_F16, CK_F32, CK_Q8_0], [0, 15, 37]) func placesAndRotation(
      type: ck_type, first: Int
    ) {
      for (headDim, columns) in [(8, 1), (20, 5), (80, 33), (128, 17)] {
        var random = Random(headDim)
        let q = random.floats(columns * 5 * headDim)
        let k = random.floats(columns * 3 * headDim)
        let v = random.floats(columns * 3 * headDim)
        let angles = Self.angles(columns * headDim / 2)
        let expectedK = Self.rotated(k, columns: columns, headDim: headDim, angles)
        let expectedQ = Self.rotated(q, columns: columns, headDim: headDim, angles)
        let expectedBits = (
          keys: StoredBits.of(expectedK, type, headDim: headDim),
          values: StoredBits.of(v, type, headDim: headDim)
        )
        for variant in ["scalar"] + variants {
          let cache = Cache(type, positions: 128, kvHeads: 3, headDim: headDim)
          let after = under(variant) {
            withPool(3) { cache.store(q: q, k: k, v: v, at: first, angles: angles, pool: $0) }
          }
          #expect(firstDifference(after.q, expectedQ) == nil)
          #expect(firstDifference(after.k, expectedK) == nil)
          let untouched: UInt32 =
            type == CK_F16 ? 0xffff : type == CK_F32 ? 0xffff_ffff : 0xff_ffff
          var wrong = 0
          for position in 0..<128 {
            let inside = position >= first && position < first + columns
            for i in 0..<3 * headDim {
              let at = (position - first) * 3 * headDim + i
              let (head, d) = i.quotientAndRemainder(dividingBy: headDim)
              let key = cache.keyBits(position: position, head: head, d)
              let value = cache.valueBits(position: position, head: head, d)
              if key != (inside ? expectedBits.keys[at] : untouched) { wrong += 1 }
              if value != (inside ? expectedBits.values[at] : untouched) { wrong += 1 }
            }
          }
          #expect(wrong == 0, "\(variant) \(columns) columns of \(headDim)")
        }
      }
    }

    /// Floats and the float16 that each must be rounded to, known by construction.
    static let narrowings: [(value: Float, bits: UInt16)] = {
      var cases: [(Float, UInt16)] = [
        (65519.996, 0x7bff), (65520, 0x7c00), (65536, 0x7c00), (.greatestFiniteMagnitude, 0x7c00),
        (.infinity, 0x7c00), (.leastNonzeroMagnitude, 0), (1e-10, 0),
      ]
      for bits in UInt16(0)..<0x7bff {
        // Between two neighbours: to the nearer, and halfway to the even.
        let low = Float(Float16(bitPattern: bits))
        let middle = (low + Float(Float16(bitPattern: bits + 1))) / 2
        let even = bits % 2 == 0 ? bits : bits + 1
        cases += [(low, bits), (low.nextUp, bits), (middle, even)]
        cases += [(middle.nextDown, bits), (middle.nextUp, bits + 1)]
      }
      return cases + cases.map { (-$0.0, $0.1 | 0x8000) }
    }()

    /// The float16 bits of all values, stored as values and as keys of a cache.
    static func narrowed(_ x: [Float]) -> (keys: [UInt16], values: [UInt16]) {
      let columns = (x.count + 79) / 80
      let filled = x + [Float](repeating: 0, count: columns * 80 - x.count)
      let cache = Cache(CK_F16, positions: columns, kvHeads: 1, headDim: 80)
      cache.store(k: filled.map { $0 }, v: filled, at: 0)
      let places = x.indices.map { $0.quotientAndRemainder(dividingBy: 80) }
      return (
        places.map { UInt16(cache.keyBits(position: $0.quotient, head: 0, $0.remainder)) },
        places.map { UInt16(cache.valueBits(position: $0.quotient, head: 0, $0.remainder)) }
      )
    }

    @Test func narrowsToTheNearest() {
      let x = Self.narrowings.map(\.value)
      let expected = Self.narrowings.map(\.bits)
      for variant in ["scalar"] + variants {
        let values = under(variant) { Self.narrowed(x).values }
        for i in x.indices where values[i] != expected[i] {
          Issue.record("\(variant): \(x[i]) became \(values[i]) and not \(expected[i])")
          break
        }
      }
    }

    /// Keys are narrowed by other code than values. Cosine 1 and sine 0 rotate nothing.
    @Test func keysNarrowAsValues() {
      // A turn by nothing may lose the sign of a zero, and makes NaN of infinity.
      let cases = Self.narrowings.filter { $0.value.isFinite && $0.value != 0 }
      for variant in ["scalar"] + variants {
        let keys = under(variant) { Self.narrowed(cases.map(\.value)).keys }
        #expect(keys == cases.map(\.bits), "\(variant)")
      }
    }

    @Test func narrowsNaNToNaN() {
      var random = Random(62)
      let payloads = (0..<1000).map { _ in UInt32(random.next() & 0x7f_ffff) | 1 }
      let x = payloads.enumerated().map { i, payload in
        Float(bitPattern: 0x7f80_0000 | payload | UInt32(i % 2) << 31)
      }
      let reference = under("scalar") { Self.narrowed(x).values }
      #expect(reference.allSatisfy { Float16(bitPattern: $0).isNaN })
      for variant in variants {
        #expect(under(variant) { Self.narrowed(x).values } == reference, "\(variant)")
      }
    }

    /// Groups whose scales are at the ends of float16, or none at all.
    @Test func roundsOddGroupsTo8Bits() {
      let groups: [[Float]] = [
        [0, 0, 0], [1e-9, -1e-9, 0], [1e-5, -3e-6, 2e-6], [5.9e-8 * 127, 1e-6, 0],
        [8e6, -8e6, 1], [3e38, -3e38, 1], [.nan, 1, 2], [1, .infinity, 2], [1, 2, -.infinity],
        [127, 0.5, 1.5], [-127, 2.5, -2.5], [1, -1, 1 / 254],
      ]
      let x = groups.flatMap { $0 + [Float](repeating: 0, count: 29) }
      let expected = StoredBits.of(x, CK_Q8_0, headDim: 32)
      for variant in ["scalar"] + variants {
        let cache = Cache(CK_Q8_0, positions: groups.count, kvHeads: 1, headDim: 32)
        _ = under(variant) { cache.store(k: x, v: x, at: 0) }
        for (index, bits) in expected.enumerated() {
          let (position, d) = index.quotientAndRemainder(dividingBy: 32)
          let found = [
            cache.valueBits(position: position, head: 0, d),
            cache.keyBits(position: position, head: 0, d),
          ]
          // Which NaN stands for numbers that are not finite is not said.
          if Float16(bitPattern: UInt16(bits >> 8)).isNaN {
            #expect(
              found.allSatisfy {
                Float16(bitPattern: UInt16($0 >> 8)).isNaN && $0 & 0xff == 0
              })
          } else {
            #expect(found == [bits, bits], "\(variant) \(groups[position]) \(d)")
          }
        }
      }
    }

    @Test func positionsTakeTheBytesOfTheirGroups() {
      #expect(ck_kv_position_bytes(CK_F16, 3, 64) == 3 * 128)
      #expect(ck_kv_position_bytes(CK_F32, 3, 64) == 3 * 256)
      #expect(ck_kv_position_bytes(CK_Q8_0, 3, 64) == 3 * 68)
      #expect(ck_kv_position_bytes(CK_Q8_0, 2, 80) == 2 * 86)
    }

    @Test(arguments: [CK_F16, CK_F32, CK_Q8_0]) func columnsDoNotSeeOneAnother(type: ck_type) {
      let (columns, headDim) = (40, 20)
      var random = Random(63)
      let k = random.floats(columns * 2 * headDim)
      let v = random.floats(columns * 2 * headDim)
      let angles = Self.angles(columns * 10)
      let together = Cache(type, positions: 64, kvHeads: 2, headDim: headDim)
      together.store(k: k, v: v, at: 3, angles: angles)
      let alone = Cache(type, positions: 64, kvHeads: 2, headDim: headDim)
      for column in 0..<columns {
        let inColumn = column * 40..<(column + 1) * 40
        let half = column * 10..<(column + 1) * 10
        alone.store(
          k: Array(k[inColumn]), v: Array(v[inColumn]), at: 3 + column,
          angles: (Array(angles.cosine[half]), Array(angles.sine[half])))
      }
      for position in 0..<64 {
        for d in 0..<headDim {
          for head in 0..<2 {
            let key = alone.keyBits(position: position, head: head, d)
            #expect(together.keyBits(position: position, head: head, d) == key)
            let value = alone.valueBits(position: position, head: head, d)
            #expect(together.valueBits(position: position, head: head, d) == value)
          }
        }
      }
    }
  }
}
