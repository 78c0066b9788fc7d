#if Network
  import CleaveConvert
  import CleaveGenerate
  import CleaveModel
  import CleaveNetwork
  import CleaveRuntime
  import CleaveService
  import CleaveStorage
  import Foundation
  import TestSupport
  import Testing

  /// What the server does with requests that are wrong, too many, unwanted or unwelcome.
  @Suite(.timeLimit(.minutes(3))) struct ServerTests {
    private let fixture: ServiceFixture

    init() throws { fixture = try ServiceFixture() }

    @Test func theModelIsListed() async throws {
      try await ServiceFixture.serve(try fixture.pair()) { _, address in
        let list = try await HTTPExchange.get("/v1/models", address).json()
        let card = try list.required("data").elements()[0]
        #expect(try card.required("id").string() == "edge")
        let cleave = try card.required("cleave")
        #expect(
          try cleave.required("modes").elements().map { try $0.string() }
            == ["standalone", "collaborative", "lossless"])
        #expect(try await HTTPExchange.get("/v1/models/edge", address).status == 200)
        let other = try await HTTPExchange.get("/v1/models/other", address)
        #expect(other.status == 404)
        #expect(try other.json().required("error").required("code").string() == "model_not_found")
        let wrong = try await HTTPExchange.post(
          "/v1/completions", #"{"model": "gpt", "prompt": "a"}"#, address)
        #expect(wrong.status == 404)
      }
    }

    @Test func aNameMayHoldSlashes() async throws {
      let model = try ServedModel(
        fixture.edge, settings: ServiceFixture.settings { $0.name = "org/tiny model" })
      try await ServiceFixture.serve(model) { _, address in
        for (path, status) in [
          ("org/tiny%20model", 200), ("org%2Ftiny%20model", 200), ("tiny%20model", 404),
          ("org", 404), ("org/tiny%20model/x", 404),
        ] {
          let found = try await HTTPExchange.get("/v1/models/\(path)", address)
          #expect(found.status == status, "\(path)")
        }
        let body = #"{"model": "org/tiny model", "prompt": "a", "max_tokens": 1}"#
        #expect(try await HTTPExchange.post("/v1/completions", body, address).status == 200)
      }
    }

    /// A body that does not come, or comes a byte at a time: told so, and the connection ends.
    @Test(arguments: [false, true]) func aBodyThatDoesNotComeEnds(trickles: Bool) async throws {
      try await ServiceFixture.serve(
        try fixture.whole(), change: { $0.bodyTime = .milliseconds(300) }
      ) { _, address in
        let connection = try Connection(address)
        try connection.write(
          "POST /v1/completions HTTP/1.1\r\nHost: \(address)\r\n"
            + "Content-Type: application/json\r\nContent-Length: 1000\r\n\r\n{")
        let sender = Task {
          while trickles, !Task.isCancelled {
            try connection.write(" ")
            try await Task.sleep(for: .milliseconds(50))
          }
        }
        let response = try HTTPExchange(await connection.readAll())
        sender.cancel()
        #expect(response.status == 408)
        #expect(try response.json().required("error").required("code").string() == "timeout")
        #expect(try await HTTPExchange.get("/health", address).status == 200)
      }
    }

    /// Bundles of another cut, and of another model, are refused before anybody asks.
    @Test func bundlesThatDoNotFitAreRefused() async throws {
      try await fixture.pair().checkCloud()
      let others = try Scratch()
      let (_, _, cut) = try TinyModel.llama3.bundles(exits: [3], into: others)
      let model = try ServedModel(
        fixture.edge,
        settings: ServiceFixture.settings { $0.cloud = try CloudAddress(cut.path) })
      await #expect(throws: CloudRefusal.self) { try await model.checkCloud() }
    }

    @Test func errorsHaveOpenAIsForm() async throws {
      try await ServiceFixture.serve(
        try ServedModel(fixture.edge, settings: ServiceFixture.settings())
      ) { server, address in
        for (path, body, status) in [
          ("/v1/completions", #"{"prompt": "a", "frobnicate": 1}"#, 400),
          ("/v1/completions", "{", 400), ("/v1/completions", "", 400),
          ("/v1/completions", #"{"prompt": [100000]}"#, 400),
          ("/v1/completions", #"{"prompt": "a", "logprobs": 1}"#, 400),
          ("/v1/completions", #"{"prompt": "a", "cleave": {"mode": "lossless"}}"#, 400),
          ("/v1/completions", #"{"prompt": "a", "cleave": {"threshold": [1, 1, 1]}}"#, 400),
          (
            "/v1/completions",
            "{\"prompt\": [\((0..<600).map { _ in "1" }.joined(separator: ","))]}", 400
          ), ("/v1/embeddings", "{}", 404),
          ("/v1/completions", String(repeating: " ", count: 5 << 20), 413),
        ] {
          let response = try await HTTPExchange.post(path, body, address)
          #expect(response.status == status, "\(body.prefix(60)): \(response.body)")
          let error = try response.json().required("error")
          #expect(!(try error.required("message").string().isEmpty))
          #expect(response.headers["content-type"] == "application/json")
        }
        let plain = try await HTTPExchange.post(
          "/v1/completions", "{}", address, headers: ["Content-Type": "text/plain"])
        #expect(plain.status == 415)
        #expect(try await HTTPExchange.get("/v1/completions", address).status == 404)
      }
    }

    /// A page of another origin, and a name that leads here by a trick of its DNS.
    @Test func otherOriginsAreRefused() async throws {
      try await ServiceFixture.serve(try fixture.whole()) { _, address in
        for headers in [
          ["Origin": "http://evil.example"], ["Host": "evil.example"], ["Origin": "null"],
          ["Host": "evil.example:\(address.port)"],
        ] {
          let found = try await HTTPExchange.get("/v1/models", address, headers: headers)
          #expect(found.status == 403)
        }
        for headers in [
          ["Origin": "http://127.0.0.1:\(address.port)"],
          ["Host": "localhost:\(address.port)"],
        ] {
          let found = try await HTTPExchange.get("/v1/models", address, headers: headers)
          #expect(found.status == 200)
        }
      }
    }

    @Test func aKeyIsAskedFor() async throws {
      let keys = try Tokens(
        file: fixture.scratch.write("ada sk-0123456789abcdef\n", to: "keys"))
      try await ServiceFixture.serve(try fixture.whole(), change: { $0.keys = keys }) {
        _, address in
        for (path, key, status) in [
          ("/v1/models", nil, 401), ("/v1/models", "Bearer sk-0123456789abcdeX", 401),
          ("/v1/models", "Basic sk-0123456789abcdef", 401), ("/metrics", nil, 401),
          ("/v1/nothing", nil, 401), ("/v1/models", "Bearer sk-0123456789abcdef", 200),
          ("/health", nil, 200),
        ] as [(String, String?, Int)] {
          let headers = key.map { ["Authorization": $0] } ?? [:]
          let response = try await HTTPExchange.get(path, address, headers: headers)
          #expect(response.status == status, "\(path) \(key ?? "")")
        }
      }
    }

    private static let long =
      #"{"prompt": "hello there", "max_tokens": 400, "stream": true, "cleave": {"threshold": 2}}"#

    /// Waits until the queue is as it should be.
    private static func wait(
      _ address: HostAndPort, for line: String
    ) async throws -> Bool {
      for _ in 0..<600 {
        let metrics = try await HTTPExchange.get("/metrics", address).body
        if metrics.contains(line) { return true }
        try await Task.sleep(for: .milliseconds(20))
      }
      return false
    }

    @Test func oneTooManyIsToldToComeLater() async throws {
      try await ServiceFixture.serve(
        try fixture.pair(),
        change: {
          $0.running = 1
          $0.waiting = 0
        }
      ) { _, address in
        let connection = try Connection(address)
        try connection.write(
          "POST", "/v1/completions", Self.long, address, ["Content-Type": "application/json"])
        #expect(!(await connection.read().isEmpty))
        let refused = try await HTTPExchange.post("/v1/completions", #"{"prompt": "a"}"#, address)
        #expect(refused.status == 429 && refused.headers["retry-after"] == "1")
        #expect(try await HTTPExchange.get("/health", address).status == 200)
        // The client leaves, and with it what it asked for.
        connection.shut()
        #expect(try await Self.wait(address, for: "cleave_api_running 0\n"))
        let metrics = try await HTTPExchange.get("/metrics", address).body
        #expect(metrics.contains("cleave_api_answers_total 0\n"))
        let next = try await HTTPExchange.post("/v1/completions", #"{"prompt": "a"}"#, address)
        #expect(next.status == 200)
      }
    }

    /// A client that waits for a whole answer and leaves ends it too.
    @Test func whoLeavesBeforeTheAnswerEndsIt() async throws {
      try await ServiceFixture.serve(try fixture.pair()) { _, address in
        let connection = try Connection(address)
        try connection.write(
          "POST", "/v1/completions",
          Self.long.replacingOccurrences(of: ", \"stream\": true", with: ""), address,
          ["Content-Type": "application/json"])
        #expect(try await Self.wait(address, for: "cleave_api_running 1\n"))
        connection.shut()
        #expect(try await Self.wait(address, for: "cleave_api_running 0\n"))
        let metrics = try await HTTPExchange.get("/metrics", address).body
        #expect(metrics.contains("cleave_api_answers_total 0\n"))
      }
    }

    @Test func aServerThatStopsFinishesWhatItBegan() async throws {
      try await ServiceFixture.serve(try fixture.pair()) { server, address in
        let connection = try Connection(address)
        try connection.write(
          "POST", "/v1/completions",
          Self.long.replacingOccurrences(of: "400", with: "40"), address,
          ["Content-Type": "application/json"])
        let first = await connection.read()
        #expect(!first.isEmpty)
        server.stop()
        let text = String(decoding: first + (await connection.readAll()), as: UTF8.self)
        #expect(text.contains("data: [DONE]"))
      }
    }

    /// Connections that nobody has taken yet when it stops ended the process (apple/swift-nio#3481).
    @Test func connectionsThatComeAsItStopsAreClosed() async throws {
      let model = try fixture.whole()
      for _ in 0..<8 {
        try await ServiceFixture.serve(model) { server, address in
          let connections = try (0..<64).map { _ in try Connection(address) }
          server.stop()
          for connection in connections { #expect(await connection.readAll().isEmpty) }
        }
      }
    }

    @Test func plaintextBeyondThisMachineIsRefused() throws {
      let model = try fixture.whole()
      #expect(throws: SettingError.self) {
        try APIServer(
          model, options: .init(address: HostAndPort(host: "0.0.0.0", port: 0)),
          logger: .init(label: "test"))
      }
    }

    @Test func bundlesOfOtherRolesAreRefused() throws {
      for (artifact, change) in [
        (fixture.cloud, { _ in }), (fixture.model, { $0.thresholds = [1] }),
      ] as [(Artifact, (inout ServiceSettings) -> Void)] {
        #expect(throws: InputError.self) {
          try ServedModel(artifact, settings: ServiceFixture.settings(change))
        }
      }
      #expect(throws: SettingError.self) {
        try ServedModel(
          fixture.edge, settings: ServiceFixture.settings { $0.thresholds = [1, 1, 1] })
      }
    }

    @Test func aModelWithoutATemplateDoesNotChat() async throws {
      let source = try fixture.scratch.copy(
        directory: Golden.path("tiny-llama3-f32"), to: "source")
      try FileManager.default.removeItem(atPath: "\(source)/chat_template.jinja")
      _ = try Importer(source: source, target: fixture.scratch("plain")).run()
      let model = try ServedModel(
        try Artifact(opening: fixture.scratch("plain")), settings: ServiceFixture.settings())
      try await ServiceFixture.serve(model) { _, address in
        let response = try await HTTPExchange.post(
          "/v1/chat/completions", #"{"messages": [{"role": "user", "content": "a"}]}"#, address)
        #expect(response.status == 400)
        #expect(
          try response.json().required("error").required("code").string() == "no_chat_template")
      }
    }
  }
#endif
