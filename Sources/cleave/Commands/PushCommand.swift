import ArgumentParser
import CleaveNetwork
import CleaveRegistry
import CleaveStorage

/// The command `cleave push`.
struct PushCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "push",
    abstract: "Upload a bundle to a registry.",
    discussion: """
      Stores a bundle, or a model artifact, in a registry of the OCI distribution specification, as CNCF ModelPack has \
      models: each file is a layer. Files that the registry has are not uploaded again, so versions and variants of a bundle \
      share what they have in common. A signature (cleave sign) is attached to the bundle. Needs make network. Example:

        cleave push edge registry.example.com/models/edge:1.0
        cleave pull registry.example.com/models/edge:1.0 edge --trust key.pub

      Exit status 4: the registry refuses, or is gone.
      """)

  @Argument(help: "Bundle or model artifact.")
  var bundle: String

  @Argument(help: "Where to: REGISTRY/NAME:TAG.")
  var reference: String

  @Option(
    name: .customLong("mount"), parsing: .unconditionalSingleValue,
    help: ArgumentHelp(
      "Repository of the same registry that may have some of the files, from which they are taken. May be repeated.",
      valueName: "name"))
  var mounts: [String] = []

  @Option(
    help: ArgumentHelp(
      "Bytes of a piece of an upload, as 4M: some registries take no more (default: 8M).",
      valueName: "size"))
  var chunkSize: ByteSize?

  @OptionGroup var registry: RegistryOptions
  @OptionGroup var progress: ProgressOptions

  @Flag(help: "Print what was pushed as JSON on standard output.")
  var json = false

  /// The pieces of uploads, which are held in memory.
  private static let chunks = 64_000...1_000_000_000

  func validate() throws {
    if let chunkSize, !Self.chunks.contains(chunkSize.bytes) {
      throw ValidationError("--chunk-size: expected 64K to 1G")
    }
    for name in mounts where !RegistryReference.isRepository(name) {
      throw ValidationError("--mount \(name): expected the name of a repository, as models/edge")
    }
  }

  func run() async throws {
    #if Network
      try await UsageError.naming([
        .reference: "REGISTRY/NAME:TAG", .registryEncryption: "--plain-http",
      ]) { try await push() }
    #else
      throw NetworkMissing()
    #endif
  }

  #if Network
    private func push() async throws {
      let reference = try RegistryReference(reference)
      var settings = BundlePush.Settings()
      settings.atOnce = registry.parallel
      settings.mounts = mounts
      if let chunkSize { settings.chunk = chunkSize.bytes }
      let outcome = try await Transfer.push(
        bundle, to: reference, settings, registry, quiet: progress.quiet)
      try Terminal.print(json ? outcome.json(reference).text() : outcome.text(reference))
    }
  #endif
}
