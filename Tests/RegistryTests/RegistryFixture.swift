#if Network
  import CleaveModel
  import CleaveNetwork
  import CleaveRegistry
  import CleaveSigning
  import CleaveStorage
  import TestSupport

  /// A tiny model in two bundles, and what tests do with a registry.
  struct RegistryFixture: Sendable {
    let scratch: Scratch
    let edge: Artifact
    let cloud: Artifact

    init(exits: [Int] = [2, 4], threshold: Double = 0.9) throws {
      scratch = try Scratch()
      (_, edge, cloud) = try TinyModel.llama3.bundles(
        exits: exits, threshold: threshold, into: scratch)
    }

    /// Access without waits that a person would notice.
    static func access(_ change: (inout RegistryAccess) -> Void = { _ in }) -> RegistryAccess {
      var access = RegistryAccess()
      access.speaksPlainHTTP = true
      access.retries.first = .milliseconds(1)
      access.retries.longest = .milliseconds(5)
      change(&access)
      return access
    }

    static func reference(_ address: HostAndPort, _ rest: String = "models/edge:1") throws
      -> RegistryReference
    {
      try RegistryReference("\(address)/\(rest)")
    }

    @discardableResult
    static func push(
      _ bundle: Artifact, _ reference: RegistryReference, access: RegistryAccess = access(),
      change: (inout BundlePush.Settings) -> Void = { _ in }
    ) async throws -> BundlePush.Outcome {
      var settings = BundlePush.Settings()
      settings.chunk = 16_384
      change(&settings)
      let push = try BundlePush(bundle, to: reference, settings: settings)
      return try await RegistryClient.with(reference, access: access) {
        try await push.run($0, progress: TransferProgress())
      }
    }

    @discardableResult
    static func pull(
      _ reference: RegistryReference, into target: String, access: RegistryAccess = access(),
      change: (inout BundlePull.Settings) -> Void = { _ in }
    ) async throws -> BundlePull.Outcome {
      var settings = BundlePull.Settings()
      change(&settings)
      let pull = BundlePull(reference, into: target, settings: settings)
      return try await RegistryClient.with(reference, access: access) {
        try await pull.run($0, progress: TransferProgress())
      }
    }

    /// Signs a bundle with the tests' key.
    static func sign(_ bundle: Artifact) throws {
      _ = try ModelSigner(bundle, key: SigningKey(path: Golden.path("signing/key.pem"))).sign()
    }

    static func key(_ name: String = "key.pub") throws -> TrustedKey {
      try TrustedKey(path: Golden.path("signing/\(name)"))
    }

    /// The files of a directory with their digests.
    static func files(_ directory: String) throws -> [String: FileDigest] {
      var files: [String: FileDigest] = [:]
      func visit(_ prefix: String) throws {
        for name in try FileSystem.entries(of: "\(directory)/\(prefix)") {
          let path = "\(prefix)\(name)"
          if FileSystem.isDirectory("\(directory)/\(path)") {
            try visit("\(path)/")
          } else {
            files[path] = try FileDigest(ofFile: "\(directory)/\(path)")
          }
        }
      }
      try visit("")
      return files
    }

    /// What a directory holds, hidden names too, to find what a failure has left.
    func entries() throws -> [String] { try FileSystem.entries(of: scratch.path) }
  }

  /// The message that `body` throws; empty where it throws nothing.
  func refusal(_ body: () async throws -> Void) async -> String {
    do {
      try await body()
      return ""
    } catch { return "\(error)" }
  }
#endif
