import CleaveRuntime
import TestSupport
import Testing

/// Damaged frames: a `FrameError` or the very message the bytes say, never a crash.
@Suite struct FrameFuzzTests {
  private static let hidden = 4

  /// A frame of each kind, by hand.
  private static let frames: [[UInt8]] = {
    let bodies: [(UInt8, [UInt8])] = [
      (
        1,
        littleEndian(UInt16(2)) + [UInt8](repeating: 7, count: 32) + littleEndian(UInt32(2))
          + littleEndian(UInt32(hidden)) + [1, 0]
      ),
      (2, []),
      (
        3,
        littleEndian(UInt32(9)) + littleEndian(UInt32(2)) + [0]
          + [UInt8](repeating: 0x3F, count: 4 * 2 * hidden)
      ),
      (
        4,
        littleEndian(UInt32(10)) + littleEndian(Float(0.5).bitPattern) + littleEndian(UInt32(40))
          + littleEndian(Float(0.9).bitPattern) + littleEndian(UInt64(1))
      ),
      (
        5,
        littleEndian(UInt32(10)) + littleEndian(UInt32(300))
          + littleEndian(Float(0.25).bitPattern)
      ),
      (6, []), (7, littleEndian(UInt16(8)) + Array("full: é".utf8)),
    ]
    return bodies.map { kind, body in
      let rest = [kind] + littleEndian(UInt64(77)) + body
      return littleEndian(UInt32(rest.count)) + rest
    }
  }()

  @Test func theValidFramesAreRead() throws {
    for frame in Self.frames {
      #expect(try Envelope(frame: frame, hiddenSize: Self.hidden).frame == frame)
    }
  }

  @Test func everyCutIsRefused() throws {
    for frame in Self.frames {
      for count in 0..<frame.count {
        let cut = Array(frame[..<count])
        #expect(throws: FrameError.self) { try Envelope(frame: cut, hiddenSize: Self.hidden) }
      }
      #expect(throws: FrameError.self) {
        try Envelope(frame: frame + [0], hiddenSize: Self.hidden)
      }
    }
  }

  /// Cut, with a length that hides it.
  @Test func everyCutBodyIsRefused() throws {
    for frame in Self.frames where frame[4] != 7 {
      for count in 5..<frame.count {
        let cut = littleEndian(UInt32(count - 4)) + frame[4..<count]
        #expect(throws: FrameError.self) { try Envelope(frame: cut, hiddenSize: Self.hidden) }
      }
    }
  }

  @Test(arguments: [1, 4, 1 << 20])
  func damagedFrames(hiddenSize: Int) throws {
    var mutator = Mutator(seed: UInt64(hiddenSize))
    for round in 0..<3000 {
      var frame = mutator.mutate(Self.frames[round % Self.frames.count])
      // Most damages would stop at the length: put it right in half of them.
      if round % 2 == 0, frame.count >= 5 {
        frame.replaceSubrange(0..<4, with: littleEndian(UInt32(frame.count - 4)))
      }
      guard let envelope = try? Envelope(frame: frame, hiddenSize: hiddenSize) else { continue }
      #expect(envelope.frame == frame, "round \(round)")
    }
  }
}
