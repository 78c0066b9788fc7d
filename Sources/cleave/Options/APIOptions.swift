import ArgumentParser
import CleaveNetwork
import CleaveStorage

/// Options of `cleave serve` with which an edge answers clients of OpenAI's interface.
struct APIOptions: ParsableArguments {
  @Option(
    name: .customLong("api"),
    help: """
      Serve an edge bundle or a model to clients of OpenAI's interface at this address, HOST:PORT; port 0 takes \
      a free one.
      """)
  var address: String?

  @Option(
    name: .customLong("api-key-file"),
    help: "Require one of the API keys in this file. Each line holds a client's name and its key.")
  var keyFile: String?

  @Option(
    name: .customLong("api-name"),
    help: "Name of the model for clients (default: that of its directory).")
  var modelName: String?

  @Option(name: .customLong("api-requests"), help: "The most requests that run at a time.")
  var running = 4

  @Option(
    name: .customLong("api-queue"),
    help: "The most requests that wait; one more is refused with status 429.")
  var waiting = 64

  @Option(
    name: .customLong("api-cache"),
    help: """
      Memory for the KV caches of conversations that may go on, in MiB; 0 keeps none and reads every request \
      from its beginning.
      """)
  var cacheMiB = 256

  @OptionGroup var collaboration: CollaborationOptions

  /// Whether an option was given that belongs to `--api`.
  private var isGiven: Bool {
    keyFile != nil || modelName != nil || running != 4 || waiting != 64 || cacheMiB != 256
      || collaboration.isGiven
  }

  /// Checks the options together with those of how the cloud is reached.
  ///
  /// - Parameter hasOthers: whether an option was given that belongs to the gRPC server.
  func check(_ behind: BehindOptions, hasOthers: Bool) throws {
    guard let address else {
      guard !isGiven else {
        throw ValidationError("--api-... and options of asking a cloud need --api HOST:PORT")
      }
      return try behind.checkMiddle()
    }
    guard HostAndPort(address) != nil else {
      throw ValidationError("--api \(address): expected ADDRESS:PORT")
    }
    guard !hasOthers else {
      throw ValidationError(
        "--api speaks plain HTTP, with --api-key-file, and /metrics of its own: expected no --listen, --tls-...,"
          + " --tokens, --metrics")
    }
    guard (1...1024).contains(running), (0...65536).contains(waiting) else {
      throw ValidationError("--api-requests, --api-queue: expected 1 to 1024, 0 to 65536")
    }
    if let modelName {
      guard (1...256).contains(modelName.utf8.count), modelName == modelName.shown(limit: 256)
      else {
        throw ValidationError("--api-name: expected 1 to 256 bytes without control characters")
      }
    }
    guard (0...(1 << 20)).contains(cacheMiB) else {
      throw ValidationError("--api-cache: expected 0 to 1048576 MiB")
    }
    guard behind.cloud != nil || !(collaboration.isGiven || behind.isRemoteGiven) else {
      throw ValidationError("options of asking a cloud need --cloud")
    }
  }
}
