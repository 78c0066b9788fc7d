import ArgumentParser
import CleaveModel
import CleaveSigning
import CleaveStorage

/// The command `cleave sign`.
struct SignCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sign",
    abstract: "Sign bundles, so that others can tell who made them and that nothing was changed.",
    discussion: """
      Writes model.sig into each bundle, in the OpenSSF Model Signing format: SHA-256 of every file, signed with \
      ECDSA over P-256. Whoever has the public key checks it with cleave verify, run or serve --trust, or with \
      the model-signing package. Example:

        openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out key.pem
        openssl pkey -in key.pem -pubout -out key.pub
        cleave sign edge cloud --key key.pem
        cleave verify edge cloud --trust key.pub
      """)

  @Argument(help: ArgumentHelp("Bundle or model artifact.", valueName: "bundle"))
  var bundles: [String]

  @Option(help: "File of the private key in PEM; - is standard input.")
  var key: String

  @OptionGroup var progress: ProgressOptions

  @Flag(help: "Print what was signed as JSON on standard output.")
  var json = false

  func run() throws {
    let key = try SigningKey(path: key)
    let artifacts = try bundles.map { try Artifact(opening: $0) }
    let outcomes = try artifacts.map { artifact in
      let line = ProgressLine("sign", unit: .bytes, quiet: progress.quiet)
      defer { line.finish() }
      var signer = ModelSigner(artifact, key: key)
      signer.progress = { line.show($0, of: $1) }
      return try signer.sign()
    }
    try Terminal.print(
      json ? self.json(outcomes).text() : outcomes.map(text).joined(separator: "\n"))
  }

  private func text(_ outcome: ModelSigner.Outcome) -> String {
    "\(outcome.path): \(outcome.files) files, \(outcome.bytes.formattedBytes), signed with the key \(outcome.key)"
  }

  private func json(_ outcomes: [ModelSigner.Outcome]) -> JSON {
    [
      "signatures": .array(
        outcomes.map {
          [
            "path": .string($0.path), "files": .integer(Int64($0.files)),
            "bytes": .integer(Int64($0.bytes)), "key": .string($0.key),
          ]
        })
    ]
  }
}
