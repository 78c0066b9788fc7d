import ArgumentParser
import CleaveNetwork
import CleaveRegistry
import CleaveSigning
import CleaveStorage

/// The command `cleave pull`.
struct PullCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "pull",
    abstract: "Download a bundle from a registry.",
    discussion: """
      Fetches a bundle that cleave push has stored, checks the digest of every file, and puts it in place in one step. A pull \
      that was killed goes on where it was. With --exits, --blocks or --for a weaker device fetches only what it uses, and \
      runs it with cleave run --exits. Needs make network. Example:

        cleave pull registry.example.com/models/edge:1.0 edge --trust key.pub
        cleave pull registry.example.com/models/edge:1.0 edge --blocks 0..8

      Exit status 4: the registry refuses, or is gone.
      """)

  @Argument(help: "Where from: REGISTRY/NAME:TAG, or REGISTRY/NAME@sha256:DIGEST.")
  var reference: String

  @Argument(help: "The directory to make.")
  var target: String

  @Option(
    help: ArgumentHelp(
      """
      Refuse a bundle that was not signed with the private half of this public key, or was changed since.
      """, valueName: "key.pub"))
  var trust: String?

  @OptionGroup(title: "A part of an edge bundle") var part: PulledPartOptions
  @OptionGroup var registry: RegistryOptions
  @OptionGroup var progress: ProgressOptions
  @OptionGroup var output: OutputOptions

  func run() async throws {
    #if Network
      try await UsageError.naming([
        .reference: "REGISTRY/NAME:TAG", .registryEncryption: "--plain-http",
      ]) { try await pull() }
    #else
      throw NetworkMissing()
    #endif
  }

  #if Network
    private func pull() async throws {
      let reference = try RegistryReference(reference)
      var settings = BundlePull.Settings()
      settings.atOnce = registry.parallel
      settings.selection = try part.selection()
      settings.trust = try trust.map(TrustedKey.init(path:))
      settings.force = output.force
      let outcome = try await Transfer.pull(
        reference, into: target, settings, registry, quiet: progress.quiet)
      try Terminal.print(
        output.json
          ? outcome.json(reference, target).text() : outcome.text(reference, target))
    }
  #endif
}
