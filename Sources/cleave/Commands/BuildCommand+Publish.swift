import CleaveBuild
import CleaveModel
import CleaveRegistry
import CleaveSigning
import CleaveStorage

/// Signing and pushing what was built.
extension BuildCommand {
  /// Signs the bundles of the output, if a key was given.
  func sign(_ output: String) throws {
    guard let signKey else { return }
    let key = try SigningKey(path: signKey)
    for bundle in BuildLayout.bundles {
      _ = try ModelSigner(try Artifact(opening: "\(output)/\(bundle)"), key: key).sign()
    }
  }

  /// Pushes the bundles to where the recipe says.
  func publish(_ recipe: BuildRecipe, _ output: String) async throws {
    #if Network
      try await UsageError.naming([.registryEncryption: "--plain-http"]) {
        let publications = try recipe.publications
        for publication in publications {
          var settings = BundlePush.Settings()
          settings.atOnce = registry.parallel
          // What the bundles share is uploaded once.
          settings.mounts = publications.map(\.reference).filter {
            $0.registry == publication.reference.registry && $0.name != publication.reference.name
          }.map(\.name)
          let outcome = try await Transfer.push(
            "\(output)/\(publication.bundle)", to: publication.reference, settings, registry,
            quiet: progress.quiet)
          Terminal.writeError(outcome.text(publication.reference) + "\n")
        }
      }
    #endif
  }
}
