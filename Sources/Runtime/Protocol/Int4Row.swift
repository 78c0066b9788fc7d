/// The int4 packing of one position's hidden state: the few largest numbers as bfloat16, the rest rotated and
/// rounded to 4 bits each, with an int8 scale for every 32. specs/protocol.md, "Encodings", defines the bytes; they
/// come to 4.5 bits a number where 64 divides the width.
struct Int4Row: Sendable {
  static let group = 32
  /// The scales that are tried for a group, as parts of its largest magnitude / 7, each with both signs.
  private static let clips: [Float] = stride(from: 40, through: 64, by: 2).map { Float($0) / 64 }

  let width: Int
  /// How many of the largest numbers are kept as bfloat16: as many as leave 4.5 bits for each number.
  let outliers: Int
  let groups: Int
  let rotation: Hadamard

  init(width: Int) {
    self.width = width
    groups = (width + Self.group - 1) / Self.group
    outliers = Outliers.count(width: width)
    rotation = Hadamard(width: width)
  }

  var scalesOffset: Int { 4 * outliers + 2 }
  var codesOffset: Int { scalesOffset + groups }
  var byteCount: Int { codesOffset + (width + 1) / 2 }

  // MARK: - Packing

  /// Appends the bytes of a row. A row that is not finite becomes bytes that no decoder takes.
  ///
  /// - Parameter row: `[width]`.
  func pack(_ row: UnsafeBufferPointer<Float>, into bytes: inout [UInt8]) {
    let start = bytes.count
    bytes.append(contentsOf: repeatElement(0, count: byteCount))
    var rest = Array(row)
    guard rest.allSatisfy(\.isFinite) else { return invalidate(&bytes, start) }
    for (slot, index) in Outliers.indices(in: row).enumerated() {
      store(UInt16(index), &bytes, start + 4 * slot)
      store(BFloat16.bits(row[index]), &bytes, start + 4 * slot + 2)
      rest[index] = 0
    }
    rest.withUnsafeMutableBufferPointer { rotation.rotate($0) }
    guard rest.allSatisfy(\.isFinite) else { return invalidate(&bytes, start) }
    let unit = BFloat16.bits((rest.reduce(0) { max($0, $1.magnitude) }) / 7)
    store(unit, &bytes, start + 4 * outliers)
    for group in 0..<groups {
      pack(group, of: rest, unit: BFloat16.value(unit) / 127, &bytes, start)
    }
  }

  /// Writes a scale that is not a number.
  private func invalidate(_ bytes: inout [UInt8], _ start: Int) {
    store(0x7FC0, &bytes, start + 4 * outliers)
  }

  private func pack(
    _ group: Int, of row: [Float], unit: Float, _ bytes: inout [UInt8], _ start: Int
  ) {
    var values = SIMD32<Float>()
    let first = group * Self.group
    let count = min(Self.group, width - first)
    for lane in 0..<count { values[lane] = row[first + lane] }
    let (scale, codes) = Self.search(values, unit: unit)
    bytes[start + scalesOffset + group] = UInt8(bitPattern: scale)
    for lane in 0..<count {
      let nibble = UInt8(truncatingIfNeeded: Int(codes[lane])) & 15
      bytes[start + codesOffset + (first + lane) / 2] |= nibble << (4 * UInt8(lane & 1))
    }
  }

  /// Finds the scale and codes of least squared error among those tried, the first among equals.
  private static func search(
    _ values: SIMD32<Float>, unit: Float
  ) -> (scale: Int8, codes: SIMD32<Float>) {
    var best: (error: Float, scale: Int8, codes: SIMD32<Float>) = (.infinity, 0, .zero)
    let steps = largestMagnitude(values) / 7 / unit
    guard unit > 0, steps.isFinite else { return (0, .zero) }
    for clip in clips {
      for sign: Float in [-1, 1] {
        let scale = min(127, (clip * steps).rounded(.toNearestOrEven)) * sign
        guard scale != 0 else { continue }
        let step = scale * unit
        let codes = round(values / step)
        let difference = values - codes * step
        let error = sum(difference * difference)
        if error < best.error { best = (error, Int8(scale), codes) }
      }
    }
    return (best.scale, best.codes)
  }

  /// Rounds to the nearest whole number from -8 to 7, ties to even.
  private static func round(_ values: SIMD32<Float>) -> SIMD32<Float> {
    // 1.5 * 2^23: float32 numbers of this size have no fraction, so adding it rounds.
    let shift = SIMD32<Float>(repeating: 12_582_912)
    let low = SIMD32<Float>(repeating: -8)
    let high = SIMD32<Float>(repeating: 7)
    let above = values.replacing(with: low, where: values .< low)
    return above.replacing(with: high, where: above .> high) + shift - shift
  }

  private static func largestMagnitude(_ values: SIMD32<Float>) -> Float {
    max(values.max(), -values.min())
  }

  /// Adds the lanes in a fixed tree, so that every machine rounds the same.
  private static func sum(_ values: SIMD32<Float>) -> Float {
    let sixteen = values.lowHalf + values.highHalf
    let eight = sixteen.lowHalf + sixteen.highHalf
    let four = eight.lowHalf + eight.highHalf
    let two = four.lowHalf + four.highHalf
    return two.x + two.y
  }

  private func store(_ value: UInt16, _ bytes: inout [UInt8], _ offset: Int) {
    bytes[offset] = UInt8(truncatingIfNeeded: value)
    bytes[offset + 1] = UInt8(truncatingIfNeeded: value >> 8)
  }
}
