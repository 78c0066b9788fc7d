import ArgumentParser
import CleaveModel
import CleaveSigning
import CleaveStorage

/// The option `--trust` of commands that use bundles.
struct TrustOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      """
      Refuse bundles that cleave sign, or another tool of the OpenSSF Model Signing format, has not signed with \
      the private half of this public key, and bundles that were changed since. Reads every file.
      """, valueName: "key.pub"))
  var trust: String?

  /// Refuses an artifact that is not signed as it is, if a key was given.
  func check(_ artifact: Artifact) throws {
    guard let trust else { return }
    let problems = try SignatureCheck(
      artifact.path, key: TrustedKey(path: trust), unneeded: artifact.missing
    ).run()
    guard let first = problems.first else { return }
    let more = problems.count == 1 ? "" : ", and \(problems.count - 1) more"
    throw InputError(
      file: artifact.path, location: ArtifactLayout.signature, found: "\(first)\(more)",
      expected: "a bundle as it was signed with the private half of \(trust)",
      advice: "cleave verify \(artifact.path) --trust \(trust) lists everything.")
  }
}
