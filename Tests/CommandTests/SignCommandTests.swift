import CleaveStorage
import TestSupport
import Testing

/// Signing and trusting, as a person does it.
@Suite struct SignCommandTests {
  private let scratch: Scratch
  private let trust = ["--trust", Golden.path("signing/key.pub")]

  init() throws {
    scratch = try Scratch()
    try Command.prepare(scratch)
  }

  private func sign(_ bundles: String...) throws -> Command {
    try Command(
      ["sign", "--key", Golden.path("signing/key.pem"), "-q"] + bundles.map { scratch($0) })
  }

  @Test func signedBundlesAreTrustedAndOthersAreNot() throws {
    let bundles = [scratch("edge"), scratch("cloud")]
    let unsigned = try Command(["verify", "-q"] + bundles + trust)
    #expect(unsigned.status == 1 && unsigned.output.contains("it is not signed"))
    #expect(unsigned.output.hasSuffix("NOT TRUSTED\n"))
    let run = try Command(["run", bundles[0], "--prompt", "The"] + trust)
    #expect(run.status == 2 && run.errors.contains("it is not signed"), "\(run.errors)")

    let signed = try sign("edge", "cloud")
    #expect(signed.status == 0 && signed.output.contains("model.sig"), "\(signed.errors)")
    let verified = try Command(["verify", "-q", "--json"] + bundles + trust)
    #expect(verified.status == 0, "\(verified.errors)")
    #expect(try verified.json().required("trusted").bool())
    let both = ["run", bundles[0], "--cloud", bundles[1], "--prompt", "The", "--max-tokens", "2"]
    let trusted = try Command(both + trust)
    #expect(trusted.status == 0, "\(trusted.errors)")

    // A bundle whose manifest goes with its files may be changed all the same.
    let manifest = "cloud/manifest.json"
    try scratch.write(try readFile(scratch(manifest)) + Array("\n".utf8), to: manifest)
    #expect(try Command(both).status == 0)
    let changed = try Command(both + trust)
    #expect(changed.status == 2 && changed.errors.contains("manifest.json was changed since"))
    let report = try Command(["verify", "-q"] + bundles + trust)
    #expect(report.status == 1 && report.output.contains("edge: signed with this key"))
    // Signed again it is trusted again.
    #expect(try sign("cloud").status == 0)
    #expect(try Command(both + trust).status == 0)
  }

  @Test func wrongUseIsNamed() throws {
    let bundles = [scratch("edge"), scratch("cloud")]
    for (arguments, expected) in [
      (["verify"] + bundles, "--model, --trust: expected at least one"),
      (
        ["verify", bundles[0], "--model", scratch("exits")], "expected an edge bundle and its cloud"
      ),
      (
        ["verify"] + bundles + ["--trust", Golden.path("signing/key.pem")],
        "a public key of the curve"
      ),
      (["sign", scratch("p"), "--key", Golden.path("signing/key.pem")], "expected an artifact"),
      (
        ["sign", bundles[0], "--key", Golden.path("signing/key-encrypted.pem")],
        "without a password"
      ),
    ] {
      let command = try Command(arguments)
      #expect(command.status == 2 && command.errors.contains(expected), "\(command.errors)")
    }
  }
}
