import CleaveModel
import CleaveSigning
import CleaveStorage
import FoundationEssentials
import Glibc
import TestSupport
import Testing

/// Signatures of artifacts, and those of the model-signing package (tools/golden/signing.py).
@Suite struct SignatureTests {
  private let scratch: Scratch
  private let key = Golden.path("signing/key.pem")
  private let trusted: TrustedKey

  init() throws {
    scratch = try Scratch()
    trusted = try TrustedKey(path: Golden.path("signing/key.pub"))
  }

  private func artifact() throws -> Artifact { try TinyModel.q4_1.imported(into: scratch) }

  /// The model that the package signed, copied so that it can be changed.
  private func judged() throws -> String {
    _ = try scratch.makeDirectory("model")
    _ = try scratch.makeDirectory("model/weights")
    for name in ["a.txt", "weights-c.txt", "weights/b.bin", "model.sig"] {
      try scratch.write(Golden.bytes("signing/model/\(name)"), to: "model/\(name)")
    }
    return scratch("model")
  }

  private func problems(_ directory: String, key: String = "key.pub") throws
    -> [SignatureCheck.Problem]
  {
    try SignatureCheck(directory, key: TrustedKey(path: Golden.path("signing/\(key)"))).run()
  }

  @Test func aSignatureOfThePackageIsTaken() throws {
    #expect(try problems(Golden.path("signing/model")) == [])
    #expect(
      try problems(Golden.path("signing/model"), key: "other.pub") == [
        .anotherKey(trusted.hint)
      ])
  }

  @Test func everyChangeIsFound() throws {
    let model = try judged()
    #expect(try problems(model) == [])
    try scratch.write("two\n", to: "model/a.txt")
    #expect(try problems(model) == [.changed("a.txt")])
    try scratch.write("more", to: "model/weights/d.bin")
    unlink("\(model)/weights-c.txt")
    #expect(
      try problems(model) == [
        .changed("a.txt"), .added("weights/d.bin"), .missing("weights-c.txt"),
      ])
    let unneeded = SignatureCheck(model, key: trusted, unneeded: ["weights-c.txt"])
    #expect(try unneeded.run() == [.changed("a.txt"), .added("weights/d.bin")])
    unlink("\(model)/model.sig")
    #expect(try problems(model) == [.unsigned])
  }

  @Test func whatWeSignWeTake() throws {
    let artifact = try artifact()
    for key in ["key.pem", "key-sec1.pem"] {
      let signer = ModelSigner(artifact, key: try SigningKey(path: Golden.path("signing/\(key)")))
      let outcome = try signer.sign()
      #expect(outcome.key == trusted.hint)
      #expect(outcome.files == artifact.manifest.files.count + 1)
      #expect(try problems(artifact.path) == [])
    }
    // The signature is no stray file, and goes with an artifact that is replaced.
    #expect(try Artifact(opening: artifact.path).strayEntries() == [])
  }

  @Test func aDamagedArtifactIsNotSigned() throws {
    let artifact = try artifact()
    let file = try #require(artifact.manifest.files.first { $0.path.hasSuffix(".safetensors") })
    var bytes = try readFile("\(artifact.path)/\(file.path)")
    bytes[bytes.count - 1] ^= 1
    try scratch.write(bytes, to: "model/\(file.path)")
    let signer = ModelSigner(artifact, key: try SigningKey(path: key))
    let error = #expect(throws: InputError.self) { try signer.sign() }
    #expect(error?.file.hasSuffix(file.path) == true)
    #expect(!FileSystem.exists("\(artifact.path)/model.sig"))
  }

  /// Nothing but a signature is replaced by one.
  @Test func anotherFileIsNotReplaced() throws {
    let artifact = try artifact()
    try scratch.write("mine", to: "model/model.sig")
    let signer = ModelSigner(artifact, key: try SigningKey(path: key))
    #expect(throws: InputError.self) { try signer.sign() }
    #expect(try readFile(scratch("model/model.sig")) == Array("mine".utf8))
  }

  @Test func linksAreRefused() throws {
    let model = try judged()
    #expect(symlink("/etc/hostname", "\(model)/link") == 0)
    let error = #expect(throws: InputError.self) { try problems(model) }
    #expect(error?.file == "\(model)/link")
  }

  /// Whatever is changed in a signature, it is refused or not taken.
  @Test func changedSignaturesAreNotTaken() throws {
    let model = try judged()
    let good = try readFile("\(model)/model.sig")
    for place in stride(from: 0, to: good.count, by: 29) {
      var bytes = good
      bytes[place] ^= 1
      try scratch.write(bytes, to: "model/model.sig")
      do {
        let problems = try problems(model)
        // The key's name and the identifiers that are not signed may read otherwise.
        let isAside = problems.isEmpty && (try? SameSignature(good, bytes)) != nil
        #expect(!problems.isEmpty || isAside, "byte \(place)")
      } catch is InputError {}
    }
    for cut in stride(from: 0, to: good.count, by: 101) {
      try scratch.write(Array(good[..<cut]), to: "model/model.sig")
      #expect(throws: InputError.self) { try problems(model) }
    }
  }

  /// A signature over something else than the digests of files says nothing of them.
  @Test(arguments: [
    (#""application/vnd.in-toto+json""#, #""text/plain""#, "payloadType"),
    (#""application/vnd.dev.sigstore.bundle.v0.3+json""#, #""x""#, "mediaType"),
    (#""publicKey""#, #""certificate""#, "verificationMaterial"),
    (#""signatures":["#, #""signatures":[{"sig": ""},"#, "signatures"),
    (#""payload":""#, #""payload":"*"#, "payload"),
  ])
  func otherBundlesAreNamed(_ from: String, _ to: String, _ place: String) throws {
    let model = try judged()
    let text = String(decoding: try readFile("\(model)/model.sig"), as: UTF8.self)
    #expect(text.contains(from))
    let changed = text.split(separator: from, omittingEmptySubsequences: false)
    try scratch.write(changed.joined(separator: to), to: "model/model.sig")
    let error = #expect(throws: InputError.self) { try problems(model) }
    #expect(error?.location.hasSuffix(place) == true, "\(String(describing: error))")
  }

  @Test(arguments: [
    ("key-encrypted.pem", "a password encrypts"), ("p384.pem", "no such key"),
    ("key.pub", "PUBLIC KEY"), ("model/a.txt", "no PEM"),
  ])
  func otherPrivateKeysAreNamed(_ name: String, _ found: String) throws {
    let error = #expect(throws: InputError.self) {
      try SigningKey(path: Golden.path("signing/\(name)"))
    }
    #expect(error?.found.contains(found) == true, "\(String(describing: error))")
  }

  @Test(arguments: [
    ("key.pem", "PRIVATE KEY"), ("p384.pub", "no such key"), ("model/a.txt", "no PEM"),
  ])
  func otherPublicKeysAreNamed(_ name: String, _ found: String) throws {
    let error = #expect(throws: InputError.self) {
      try TrustedKey(path: Golden.path("signing/\(name)"))
    }
    #expect(error?.found.contains(found) == true, "\(String(describing: error))")
  }
}

/// Two signature files that differ in nothing that is signed.
private struct SameSignature {
  init(_ first: [UInt8], _ second: [UInt8]) throws {
    func parts(_ bytes: [UInt8]) throws -> [Data?] {
      let envelope = try JSONNode(parsing: bytes, file: "model.sig").required("dsseEnvelope")
      // Base64 may be written in several ways.
      return try [
        envelope.required("payload"),
        envelope.required("signatures").elements()[0].required("sig"),
      ].map { Data(base64Encoded: try $0.string()) }
    }
    guard try parts(first) == parts(second) else {
      throw InputError(file: "", found: "", expected: "")
    }
  }
}
