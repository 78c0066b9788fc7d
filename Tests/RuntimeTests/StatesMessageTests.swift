import CleaveModel
import CleaveRuntime
import CleaveStorage
import TestSupport
import Testing

/// Messages of states as they arrive: any bytes are states or a `MessageError`.
@Suite struct StatesMessageTests {
  private let hidden = 192

  private func message(_ encoding: StatesEncoding, count: Int = 3) -> Message.States {
    var random = SplitMix64(seed: 11)
    let states = (0..<(count * hidden)).map { _ in Float.random(in: -4...4, using: &random) }
    let codec = StatesCodec(encoding.format, hiddenSize: hidden)
    return codec.message(codec.encode(states), first: 0, compressed: encoding.isCompressed)
  }

  private func refuses(_ message: Message.States, _ change: (inout [UInt8]) -> Void) {
    var message = message
    change(&message.data)
    #expect(throws: MessageError.self) { try message.decode(hiddenSize: hidden) }
  }

  @Test(arguments: StatesEncoding.all)
  func compressionLosesNothing(_ encoding: StatesEncoding) throws {
    let plain = StatesEncoding(encoding.format)
    #expect(
      try message(encoding).decode(hiddenSize: hidden)
        == message(plain).decode(hiddenSize: hidden))
    #expect(message(encoding).encoding == encoding)
  }

  @Test(arguments: StatesEncoding.all) func lengthsMustFit(_ encoding: StatesEncoding) {
    let message = message(encoding)
    refuses(message) { $0.removeLast() }
    refuses(message) { $0.append(0) }
    refuses(message) { $0 = [] }
    for count: UInt32 in [0, 2, 4, 1025, .max] {
      var other = message
      other.count = count
      #expect(throws: MessageError.self) { try other.decode(hiddenSize: hidden) }
    }
  }

  @Test func int8ThatIsNeverWrittenIsRefused() {
    // 6 groups: 1 number apart, so its index, its value, the scale, the codes.
    let message = message(.int8)
    refuses(message) { $0.replaceSubrange(0..<2, with: [192, 0]) }
    refuses(message) { $0.replaceSubrange(2..<6, with: [0, 0, 0x80, 0x7F]) }
    refuses(message) { $0.replaceSubrange(6..<10, with: [0, 0, 0xC0, 0x7F]) }
    refuses(message) { $0[9] |= 0x80 }
    refuses(message) { $0[10] = 0x80 }
  }

  @Test func int4ThatIsNeverWrittenIsRefused() {
    let message = message(.int4)
    refuses(message) { $0.replaceSubrange(0..<2, with: [192, 0]) }
    refuses(message) { $0.replaceSubrange(2..<4, with: [0x80, 0x7F]) }
    refuses(message) { $0.replaceSubrange(4..<6, with: [0xC0, 0x7F]) }
    refuses(message) { $0[5] |= 0x80 }
    refuses(message) { $0[6] = 0x80 }
    // Finite parts whose product is not.
    refuses(message) {
      $0.replaceSubrange(4..<6, with: [0x7F, 0x7F])
      for index in 6..<12 { $0[index] = 127 }
    }
    let odd = StatesCodec(.int4, hiddenSize: 33)
    var bytes = odd.encode([Float](repeating: 1, count: 33))
    bytes[bytes.count - 1] |= 0x10
    #expect(throws: MessageError.self) { try odd.decode(bytes, count: 1) }
  }

  @Test func numbersApartStandInRisingOrder() {
    let codec = StatesCodec(.int4, hiddenSize: 576)
    let bytes = codec.encode((0..<576).map { Float($0) })
    var swapped = bytes
    swapped.replaceSubrange(0..<4, with: bytes[4..<8])
    #expect(throws: MessageError.self) { try codec.decode(swapped, count: 1) }
  }

  /// One whole frame that says its size, which is what the count makes it.
  @Test func framesThatAreNotWhatTheySayAreRefused() {
    let encoding = StatesEncoding(.int8, isCompressed: true)
    let size = 3 * StatesCodec(.int8, hiddenSize: hidden).positionBytes
    let message = message(encoding)
    refuses(message) { $0[0] ^= 1 }
    refuses(message) { $0 = Array("nothing that zstd wrote".utf8) }
    for wrong in [0, size - 1, size + 1, 1 << 24] {
      refuses(message) { $0 = Compression.compress([UInt8](repeating: 0, count: wrong)) }
    }
    let frame = message.data
    refuses(message) { $0 = frame + frame }
    refuses(message) { $0 = frame.dropLast(frame.count / 2) }
    // A skippable frame: no states at all.
    refuses(message) { $0 = [0x50, 0x2A, 0x4D, 0x18, 0, 0, 0, 0] + frame }
    refuses(message) { $0 = unsized([UInt8](repeating: 0, count: size)) }
  }

  /// A frame that does not say how much comes out of it: it might be anything.
  private func unsized(_ bytes: [UInt8]) -> [UInt8] {
    // RFC 8878: magic, no flags, a window of 1 KiB, one raw block that is the last.
    let header = bytes.count << 3 | 1
    return [0x28, 0xB5, 0x2F, 0xFD, 0, 0]
      + (0..<3).map { UInt8(truncatingIfNeeded: header >> (8 * $0)) } + bytes
  }

  @Test(arguments: StatesEncoding.all)
  func damagedBytesAreStatesOrAnError(_ encoding: StatesEncoding) {
    let message = message(encoding)
    var (mutator, refused) = (Mutator(seed: 3), 0)
    for _ in 0..<400 {
      var damaged = message
      damaged.data = mutator.mutate(message.data)
      do throws(MessageError) {
        let states = try damaged.decode(hiddenSize: hidden)
        #expect(states.count == 3 * hidden && states.allSatisfy(\.isFinite))
      } catch { refused += 1 }
    }
    #expect(refused > 100)
  }

  @Test func namesAreRead() {
    #expect(
      StatesEncoding.names == [
        "f32", "f32+zstd", "f16", "f16+zstd", "int8", "int8+zstd", "int4", "int4+zstd",
      ])
    for encoding in StatesEncoding.all {
      #expect(StatesEncoding(encoding.description) == encoding)
    }
    for text in ["", "int4 ", "INT4", "zstd", "int4+", "int4+zstd+zstd", "auto"] {
      #expect(StatesEncoding(text) == nil)
    }
  }

  private func choose(
    _ bandwidth: Double, _ roundTrip: Double, embeddingScale: Float = 1
  ) -> StatesEncoding {
    var configuration = ModelConfiguration(
      architecture: "llama", hiddenSize: 576, blockCount: 1, headCount: 9, kvHeadCount: 3,
      headDimension: 64, intermediateSize: 64, vocabularySize: 9, contextLength: 9,
      normEpsilon: 1e-5, rope: RoPE(theta: 10_000), tiedEmbeddings: true)
    configuration.embeddingScale = embeddingScale
    return .choose(
      bandwidthBitsPerSecond: bandwidth, roundTrip: roundTrip, for: configuration)
  }

  /// The hidden states of Gemma 3 pass what float16 holds.
  @Test func halvesAreNotChosenForScaledEmbeddings() {
    #expect(choose(8 * 2303 / 0.005, 0.02, embeddingScale: 24) == .int8)
    #expect(choose(1e9, 0.001, embeddingScale: 24) == .float32)
  }

  @Test func statesBeyondFloat16AreRefusedWithAdvice() {
    let codec = StatesCodec(.float16, hiddenSize: 2)
    #expect {
      _ = try codec.decode(codec.encode([1, 70_000]), count: 1)
    } throws: {
      "\($0)".contains("beyond float16's range: send them as int8 or f32")
    }
  }

  @Test func theMostExactThatTheLineCarriesIsChosen() {
    // 2304, 1152, 604 and 324 bytes in 5 ms, or in a tenth of the round trip.
    #expect(choose(1e9, 0.001) == .float32)
    #expect(choose(8 * 2304 / 0.005, 0.02) == .float32)
    #expect(choose(8 * 2303 / 0.005, 0.02) == .float16)
    #expect(choose(8 * 1151 / 0.005, 0) == .int8)
    #expect(choose(8 * 603 / 0.005, 0) == .int4)
    #expect(choose(1000, 0.05) == .int4)
    #expect(choose(8 * 1152 / 0.01, 0.1) == .float16)
    #expect(choose(0, 0.1) == .int4)
    #expect(choose(-1, -1) == .int4)
    #expect(choose(.nan, .nan) == .int4)
    #expect(choose(.infinity, .infinity) == .float32)
  }
}
