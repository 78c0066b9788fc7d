#if Network
  import CleaveStorage
  import Foundation
  import RegistrySupport
  import TestSupport
  import Testing

  /// `cleave push` and `cleave pull`, as a person uses them.
  @Suite struct RegistryCommandTests {
    private let scratch: Scratch

    init() throws {
      scratch = try Scratch()
      try Command.prepare(scratch)
    }

    @Test(.enabled(if: DockerRegistry.isInstalled, "\(DockerRegistry.absence)"))
    func whatIsPulledRuns() throws {
      let registry = try DockerRegistry()
      let edge = "\(registry.address)/models/edge:1"
      #expect(
        try Command(
          "sign", scratch("edge"), "--key", Golden.path("signing/key.pem"), "-q"
        ).status == 0)
      let pushed = try Command("push", scratch("edge"), edge, "--plain-http", "--json", "-q")
      #expect(pushed.status == 0, "\(pushed.errors)")
      let digest = try pushed.json().required("digest").string()
      let again = try Command("push", scratch("edge"), edge, "--plain-http", "-q")
      #expect(again.output.contains("uploaded 0,") && again.output.contains(digest))

      let trust = ["--trust", Golden.path("signing/key.pub")]
      let pulled = try Command(
        ["pull", edge, scratch("back"), "--plain-http", "-q"] + trust)
      #expect(pulled.status == 0, "\(pulled.errors)")
      #expect(pulled.output.contains(digest) && pulled.output.contains("; signed"))
      let part = try Command(
        "pull", edge, scratch("part"), "--plain-http", "--blocks", "0..<3", "--json", "-q")
      #expect(part.status == 0, "\(part.errors)")
      #expect(try part.json().required("last_exit").int() == 2)
      #expect(try !part.json().required("missing").elements().isEmpty)

      let prompt = ["--prompt", "The", "--max-tokens", "8"]
      for exits in [[], ["--exits", "2"]] {
        let bundles = exits.isEmpty ? ["edge", "back"] : ["edge", "back", "part"]
        let texts = try bundles.map {
          let run = try Command(["run", scratch($0)] + prompt + exits)
          #expect(run.status == 0, "\(run.errors)")
          return run.output
        }
        #expect(Set(texts).count == 1)
      }
      let lacking = try Command(["run", scratch("part")] + prompt)
      let missing = try part.json().required("missing").elements().map { try $0.string() }
      #expect(lacking.status == 2)
      #expect(missing.contains { lacking.errors.contains($0) }, "\(lacking.errors)")
      let trusted = try Command(["run", scratch("part"), "--exits", "2"] + prompt + trust)
      #expect(trusted.status == 0, "\(trusted.errors)")
    }

    @Test(.enabled(if: DockerRegistry.isInstalled, "\(DockerRegistry.absence)"))
    func aBuildSignsAndPublishes() throws {
      let registry = try DockerRegistry()
      try scratch.write(
        """
        cleave: 1
        source: {checkpoint: "\(Golden.path("tiny-llama3-f32"))"}
        exits: {at: [2, 4]}
        verify: {max_tokens: 4}
        publish: {edge: "\(registry.address)/m/edge:1", cloud: "\(registry.address)/m/cloud:1"}

        """, to: "tiny.yaml")
      let build = try Command(
        "build", scratch("tiny.yaml"), "--cache", scratch("cache"), "--plain-http", "-q",
        "--sign-key", Golden.path("signing/key.pem"), "--builder", "https://ci.example.com/7")
      #expect(build.status == 0, "\(build.errors)")
      #expect(build.errors.contains("from other repositories"), "\(build.errors)")
      for bundle in ["edge", "cloud"] {
        let pulled = try Command(
          "pull", "\(registry.address)/m/\(bundle):1", scratch("\(bundle)-back"), "--plain-http",
          "-q", "--trust", Golden.path("signing/key.pub"))
        #expect(pulled.status == 0, "\(pulled.errors)")
        #expect(
          try readFile(scratch("\(bundle)-back/provenance.json"))
            == readFile(scratch("tiny.build/\(bundle)/provenance.json")))
      }
      let verified = try Command(
        "verify", scratch("edge-back"), scratch("cloud-back"), "--trust",
        Golden.path("signing/key.pub"), "-q")
      #expect(verified.status == 0 && verified.output.contains("TRUSTED"), "\(verified.output)")
    }

    @Test func wrongUseIsNamed() throws {
      let edge = scratch("edge")
      for (arguments, expected) in [
        (["push", edge, "models/edge:1"], "REGISTRY/NAME:TAG models/edge:1: found no registry"),
        (["push", edge, "localhost/models/edge"], "found no tag"),
        (["push", scratch("none"), "localhost/a:1"], "expected an artifact"),
        (["push", edge, "localhost/a:1", "--mount", "B"], "--mount B: expected the name"),
        (["push", edge, "localhost/a:1", "--chunk-size", "1K"], "--chunk-size: expected"),
        (["push", edge, "localhost/a:1", "--parallel", "0"], "--parallel 0: expected 1 to 64"),
        (["push", edge, "a.example.com/a:1", "--plain-http"], "--plain-http a.example.com: found"),
        (["pull", "localhost/a:1", scratch("b"), "--insecure-plaintext"], "needs --plain-http"),
        (["pull", "localhost/a:1", scratch("b"), "--blocks", "8"], "expected a range of blocks"),
        (
          ["pull", "localhost/a:1", scratch("b"), "--blocks", "0..<8", "--exits", "2"],
          "expected one of them"
        ),
        (["pull", "localhost/a:1", edge], "something there already"),
        (
          ["pull", "localhost/a:1", scratch("b"), "--token-file", scratch("none")],
          "No such file"
        ),
      ] {
        let command = try Command(arguments, environment: ["DOCKER_CONFIG": scratch.path])
        #expect(command.status == 2 && command.errors.contains(expected), "\(command.errors)")
      }
    }

    @Test(.enabled(if: DockerRegistry.isInstalled, "\(DockerRegistry.absence)"))
    func aLoginIsAskedForAndGiven() throws {
      let registry = try DockerRegistry(.encryptedWithLogin)
      let edge = "\(registry.address)/models/edge:1"
      let push = ["push", scratch("edge"), edge, "--tls-ca", Golden.path("tls/ca.pem"), "-q"]
      let none = ["DOCKER_CONFIG": scratch.path]
      let refused = try Command(push, environment: none)
      #expect(refused.status == 4 && refused.errors.contains("it asks for a login"))
      let login = ["--token-file", try scratch.write("user:secret\n", to: "login")]
      let taken = try Command(push + login, environment: none)
      #expect(taken.status == 0, "\(taken.errors)")
      // base64 of user:secret, as docker login writes it.
      try scratch.write(
        #"{"auths":{"\#(registry.address)":{"auth":"dXNlcjpzZWNyZXQ="}}}"#, to: "config.json")
      let kept = try Command(push, environment: none)
      #expect(kept.status == 0 && kept.output.contains("uploaded 0,"), "\(kept.errors)")
    }
  }
#endif
