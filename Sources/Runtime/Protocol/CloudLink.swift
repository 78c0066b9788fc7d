/// A connection to the cloud as the edge sees it: frames go out in order without waiting, frames come
/// in one at a time.
public protocol CloudLink: Sendable {
  /// Hands a frame over and returns at once.
  func send(_ frame: [UInt8])
  /// The next frame from the cloud. One caller waits at a time.
  ///
  /// - Throws: `LinkClosed` when none will come.
  func receive() async throws -> [UInt8]
  func close()
}

public struct LinkClosed: Error, Sendable, CustomStringConvertible {
  public init() {}

  public var description: String { "the connection to the cloud is closed" }
}

/// The cloud in the same process, behind the real message encoding.
public final class InProcessLink: CloudLink {
  private let uplink: AsyncStream<[UInt8]>.Continuation
  private let inbox = Inbox()

  public init(_ cloud: CloudContextManager) {
    let (stream, uplink) = AsyncStream<[UInt8]>.makeStream()
    self.uplink = uplink
    let inbox = inbox
    Task {
      for await frame in stream {
        if let reply = await cloud.handle(frame) { await inbox.put(reply) }
      }
      await inbox.close()
    }
  }

  public func send(_ frame: [UInt8]) { uplink.yield(frame) }
  public func receive() async throws -> [UInt8] { try await inbox.take() }
  public func close() { uplink.finish() }
}

/// Frames that have arrived, for one reader.
private actor Inbox {
  private var frames: [[UInt8]] = []
  private var reader: CheckedContinuation<[UInt8], any Error>?
  private var isClosed = false

  func put(_ frame: [UInt8]) {
    if let reader {
      self.reader = nil
      reader.resume(returning: frame)
    } else {
      frames.append(frame)
    }
  }

  func take() async throws -> [UInt8] {
    if !frames.isEmpty { return frames.removeFirst() }
    if isClosed { throw LinkClosed() }
    guard reader == nil else {
      throw FrameError(description: "two answers are waited for on one connection at once")
    }
    return try await withCheckedThrowingContinuation { reader = $0 }
  }

  func close() {
    isClosed = true
    reader?.resume(throwing: LinkClosed())
    reader = nil
  }
}
