#if Network
  import CleaveRuntime
  import GRPCCore
  import GRPCNIOTransportHTTP2Posix

  /// The rate at which a server's bytes arrive. What is fetched is the server's own description, again and again
  /// (server reflection): it is the largest reply that takes no computing.
  struct DownlinkProbe {
    let cloud: RemoteCloud
    /// Seconds that the measurement may take, roughly.
    let seconds: Double
    /// The longest wait for the replies of one of the bursts that are measured in any case.
    let deadline: Duration

    private typealias Reflection = Grpc_Reflection_V1_ServerReflection
    private typealias Reply = Grpc_Reflection_V1_ServerReflectionResponse

    /// Replies of the first burst and of the longest.
    private static let (fewest, most) = (16, 4096)
    /// Seconds that a burst takes at least, unless it is the longest.
    private static let leastBurst = 0.1
    private static let fewestBursts = 3

    /// Measures bursts of replies, from the first of each to its last, so that the round trip is no part.
    ///
    /// - Returns: bits a second of each; empty where the server does not describe itself.
    func rates() async throws -> [Double] {
      // A server that falls silent is not waited for.
      let limit = Duration.seconds(seconds) + deadline * Self.fewestBursts
      do {
        return try await withGRPCClient(transport: try cloud.transport()) { client in
          let reflection = Reflection.Client(wrapping: client)
          let (bursts, order) = AsyncStream<Int>.makeStream()
          var options = CallOptions.defaults
          options.timeout = limit
          return try await reflection.serverReflectionInfo(
            metadata: cloud.metadata, options: options
          ) { writer in
            for await count in bursts {
              for _ in 0..<count {
                try await writer.write(.with { $0.fileByFilename = "cloud.proto" })
              }
            }
          } onResponse: { response in
            defer { order.finish() }
            return try await rates(response.messages) { order.yield($0) }
          }
        }
      } catch let error as RPCError where error.code == .unimplemented {
        return []
      } catch let error as RPCError where error.code == .deadlineExceeded {
        throw DeadlineExceeded(limit: limit)
      } catch {
        throw RemoteFailure.of(error)
      }
    }

    private func rates(
      _ replies: RPCAsyncSequence<Reply, any Error>, _ order: (Int) -> Void
    ) async throws -> [Double] {
      let end = ContinuousClock.now + .seconds(seconds)
      var iterator = replies.makeAsyncIterator()
      var (rates, count): ([Double], Int) = ([], Self.fewest)
      while rates.count < Self.fewestBursts || ContinuousClock.now < end {
        order(count)
        guard let first = try await iterator.next() else { break }
        let bytes = try first.serializedData().count
        let start = ContinuousClock.now
        for _ in 1..<count {
          // What does not come to its end is no measurement.
          guard try await iterator.next() != nil else { return rates }
        }
        let time = start.duration(to: .now) / .seconds(1)
        if time < Self.leastBurst, count < Self.most {
          count *= 2
        } else {
          rates.append(Double(8 * bytes * (count - 1)) / max(time, 1e-6))
        }
      }
      return rates
    }
  }
#endif
