import CleaveRuntime
import CleaveStorage
import TestSupport
import Testing

/// Every encoding gives back what it was given, as nearly as it says, and refuses what it never writes.
@Suite struct StatesCodecTests {
  private static let widths = [1, 31, 33, 48, 64, 192, 576]
  private static let packings = StatesEncoding.Format.ofStates.flatMap { format in
    widths.map { StatesCodec(format, hiddenSize: $0) }
  }

  /// Near Gaussian numbers, and a few massive ones as real models have.
  private func rows(_ count: Int, width: Int, seed: UInt64 = 7) -> [Float] {
    var random = SplitMix64(seed: seed)
    return (0..<(count * width)).map { index in
      let value = (0..<6).reduce(Float(0)) { sum, _ in
        sum + Float.random(in: -1...1, using: &random)
      }
      return index % 97 == 5 ? 400 * value : value
    }
  }

  private func error(_ a: [Float], _ b: [Float]) -> Double {
    zip(a, b).reduce(0) { $0 + Double($1.0 - $1.1) * Double($1.0 - $1.1) }
  }

  private func energy(_ a: [Float]) -> Double { a.reduce(0) { $0 + Double($1) * Double($1) } }

  @Test(arguments: packings) func aStateComesBackAsNearlyAsPromised(_ codec: StatesCodec) throws {
    let states = rows(9, width: codec.hiddenSize)
    let bytes = codec.encode(states)
    #expect(bytes.count == 9 * codec.positionBytes)
    let back = try codec.decode(bytes, count: 9)
    let relative = error(states, back) / energy(states)
    switch codec.format {
    case .float32: #expect(back == states)
    case .float16: #expect(relative < 1e-6)
    case .int8: #expect(relative < 1e-3)
    case .int4: #expect(relative < 0.02)
    case .tokens: Issue.record("tokens are no states")
    }
  }

  /// Half a step of the largest number that is not apart.
  @Test func int8IsOffByHalfAStepAtMost() throws {
    let codec = StatesCodec(.int8, hiddenSize: 576)
    let states = rows(1, width: 576)
    let apart = Set(states.indices.sorted { states[$0].magnitude > states[$1].magnitude }.prefix(4))
    let largest = states.indices.filter { !apart.contains($0) }.map { states[$0].magnitude }.max()!
    let back = try codec.decode(codec.encode(states), count: 1)
    for index in states.indices {
      let bound = apart.contains(index) ? 0 : largest / 127 * 0.50001
      #expect((back[index] - states[index]).magnitude <= bound)
    }
  }

  /// Four and a half bits, and far less error than a quantizer that lets a massive number set the scale.
  @Test func aMassiveNumberDoesNotHarmTheOthers() throws {
    let codec = StatesCodec(.int4, hiddenSize: 576)
    #expect(codec.positionBytes * 8 * 2 == 9 * 576)
    var states = rows(1, width: 576).map { max(-3, min(3, $0)) }
    states[507] = 24_016
    let back = try codec.decode(codec.encode(states), count: 1)
    #expect((back[507] - 24_016).magnitude <= 24_016 / 256)
    states[507] = back[507]
    #expect(error(states, back) < 0.01 * (energy(states) - energy([back[507]])))
  }

  /// The first of numbers that are alike are kept. A search among all for each of the 8191 would not come back.
  @Test func theLargestNumbersOfAWideStateAreKept() throws {
    let codec = StatesCodec(.int8, hiddenSize: 1 << 20)
    let apart = 8191
    func indices(_ bytes: [UInt8]) -> [Int] {
      (0..<apart).map { slot in
        let (low, high) = (bytes[6 * slot], bytes[6 * slot + 1])
        return Int(low) | Int(high) << 8
      }
    }
    var states = [Float](repeating: 1, count: codec.hiddenSize)
    for index in 3..<3 + apart { states[index] = index % 2 == 0 ? 9 : -9 }
    for _ in 0..<60 { #expect(codec.encode(states).count == codec.positionBytes) }
    let bytes = codec.encode(states)
    #expect(indices(bytes) == Array(3..<3 + apart))
    #expect(try codec.decode(bytes, count: 1)[3..<3 + apart] == states[3..<3 + apart])
    // No more are kept than an index of 16 bits can name.
    let widest = StatesCodec(.int8, hiddenSize: 1 << 24)
    #expect(widest.encode([Float](repeating: 1, count: 1 << 24)).count == widest.positionBytes)
    let alike = codec.encode([Float](repeating: 2, count: codec.hiddenSize))
    #expect(indices(alike) == Array(0..<apart))
  }

  @Test(arguments: StatesEncoding.Format.ofStates)
  func zeroAndTinyAndHugeStatesAreNoMatter(_ format: StatesEncoding.Format) throws {
    let codec = StatesCodec(format, hiddenSize: 192)
    let zero = [Float](repeating: 0, count: 192)
    #expect(try codec.decode(codec.encode(zero), count: 1) == zero)
    for value in [
      Float.leastNonzeroMagnitude, .leastNormalMagnitude / 100, 1e-30, 1e30,
      .greatestFiniteMagnitude,
    ] {
      // Either it arrives finite, or it is refused; it never ends the program.
      let bytes = codec.encode((0..<192).map { $0 % 3 == 0 ? value : -value })
      if let back = try? codec.decode(bytes, count: 1) {
        #expect(back.allSatisfy { $0.isFinite && $0.magnitude <= 2 * value })
      } else {
        #expect(value > 65504)
      }
    }
  }

  @Test(arguments: StatesEncoding.Format.ofStates, [Float.nan, .infinity, -.infinity])
  func whatIsNotFiniteIsRefused(_ format: StatesEncoding.Format, _ value: Float) {
    let codec = StatesCodec(format, hiddenSize: 192)
    var states = rows(2, width: 192)
    states[200] = value
    let bytes = codec.encode(states)
    #expect(throws: MessageError.self) { try codec.decode(bytes, count: 2) }
  }

  @Test(arguments: packings) func aPositionDoesNotDependOnItsNeighbours(_ codec: StatesCodec) {
    let states = rows(5, width: codec.hiddenSize)
    let apart = (0..<5).flatMap { position in
      codec.encode(Array(states[(position * codec.hiddenSize)...].prefix(codec.hiddenSize)))
    }
    #expect(codec.encode(states) == apart)
  }

  @Test func theRotationKeepsLengthsAndCanBeUndone() {
    for width in Self.widths {
      let rotation = Hadamard(width: width)
      let row = rows(1, width: width)
      var turned = row
      turned.withUnsafeMutableBufferPointer { rotation.rotate($0) }
      #expect(abs(energy(turned) / energy(row) - 1) < 1e-5)
      turned.withUnsafeMutableBufferPointer { rotation.rotateBack($0) }
      #expect(error(turned, row) < 1e-10 * energy(row))
    }
  }

  /// The matrix by its definition: (-1)^(number of ones in i & j) / sqrt(block), signs before.
  @Test func theRotationIsTheMatrixOfTheSpecification() {
    let rotation = Hadamard(width: 24)
    #expect(rotation.block == 8)
    for column in 0..<24 {
      var unit = [Float](repeating: 0, count: 24)
      unit[column] = 1
      unit.withUnsafeMutableBufferPointer { rotation.rotate($0) }
      var random = SplitMix64(seed: 0x636C_6561_7665)
      let draws = (0..<24).map { _ in random.next() }
      let sign: Float = draws[column] >> 63 == 1 ? -1 : 1
      for row in 0..<24 {
        let inside = row / 8 == column / 8
        let entry: Float = (row % 8 & column % 8).nonzeroBitCount % 2 == 0 ? 1 : -1
        #expect((unit[row] - (inside ? sign * entry / Float(8).squareRoot() : 0)).magnitude < 1e-6)
      }
    }
  }
}

extension StatesCodec: CustomTestStringConvertible {
  package var testDescription: String { "\(format.rawValue) of \(hiddenSize)" }
}
