#if Network
  import CleaveExits
  import CleaveGenerate
  import CleaveModel
  import CleaveNetwork
  import CleaveRuntime
  import CleaveService
  import CleaveStorage
  import TestSupport
  import Testing

  /// What clients get over HTTP, beside what the engine says.
  @Suite(.timeLimit(.minutes(3))) struct AnswerTests {
    private let fixture: ServiceFixture

    init() throws { fixture = try ServiceFixture() }

    private static let chat =
      #"{"messages": [{"role": "user", "content": "hello there"}], "max_tokens": 12"#

    private func text(_ response: HTTPExchange) throws -> String {
      try response.json().required("choices").elements()[0].required("message")
        .required("content").string()
    }

    /// The text of `cleave run --chat` with the same bundles.
    private func expected(_ thresholds: [Double]?, cloud: Bool) async throws -> GenerationOutcome {
      var settings = TextGenerator.Settings()
      settings.threads = 1
      settings.numerics = Numerics(activations: .float32, cache: .f32)
      settings.thresholds = thresholds
      let generator = try TextGenerator(
        fixture.edge,
        cloud: cloud
          ? try CloudConnector(
            try CloudAddress(fixture.cloud.path), encoding: .float32, options: .init()) : nil,
        settings: settings, opening: OpeningTimes())
      var request = TextGenerator.Request(
        text: try generator.chatText("hello there", system: nil), maxTokens: 12)
      request.addsSpecialTokens = false
      return try await generator.run(
        request, onText: { _, _ in }, onEvent: { _ in }, isInterrupted: { false })
    }

    @Test func aChatIsWhatTheCommandSays() async throws {
      let outcome = try await expected(nil, cloud: true)
      try await ServiceFixture.serve(try fixture.pair()) { _, address in
        let response = try await HTTPExchange.post(
          "/v1/chat/completions", Self.chat + "}", address)
        #expect(response.status == 200)
        let json = try response.json()
        #expect(try json.required("object").string() == "chat.completion")
        #expect(try text(response) == outcome.text)
        let usage = try json.required("usage")
        #expect(try usage.required("prompt_tokens").int() == outcome.promptTokens)
        #expect(try usage.required("completion_tokens").int() == outcome.answers.count)
        let sources = try usage.required("cleave").required("tokens_by_source")
        for (source, tokens) in outcome.tokensBySource {
          #expect(try sources.required(source.name).int() == tokens)
        }
        let reason = try json.required("choices").elements()[0].required("finish_reason")
        #expect(try reason.string() == (outcome.end == "length" ? "length" : "stop"))
      }
    }

    /// Modes and thresholds of a request, each beside the command with the same.
    @Test func aRequestChoosesModeAndThresholds() async throws {
      let alone = try await expected([0.5], cloud: false)
      let off = try await expected([2], cloud: true)
      try await ServiceFixture.serve(try fixture.pair()) { _, address in
        func ask(_ control: String) async throws -> String {
          try text(
            try await HTTPExchange.post(
              "/v1/chat/completions", Self.chat + ", \"cleave\": \(control)}", address))
        }
        let texts = [
          try await ask(#"{"mode": "standalone", "threshold": 0.5}"#),
          try await ask(#"{"threshold": 2}"#),
          try await ask(#"{"mode": "lossless", "threshold": 0}"#),
        ]
        #expect(texts == [alone.text, off.text, off.text])
      }
    }

    @Test func aStreamJoinsToTheWholeAnswer() async throws {
      try await ServiceFixture.serve(try fixture.pair()) { _, address in
        let whole = try await HTTPExchange.post("/v1/chat/completions", Self.chat + "}", address)
        let stream = try await HTTPExchange.post(
          "/v1/chat/completions",
          Self.chat + #", "stream": true, "stream_options": {"include_usage": true}}"#, address)
        #expect(stream.headers["content-type"] == "text/event-stream")
        let events = stream.events
        #expect(events.last == "[DONE]")
        let pieces = try events.dropLast().map {
          try JSONNode(parsing: Array($0.utf8), file: "event")
        }
        var joined = ""
        var tokens = 0
        for piece in pieces {
          #expect(try piece.required("object").string() == "chat.completion.chunk")
          guard let choice = try piece.required("choices").elements().first else { continue }
          joined += try choice.required("delta").optional("content")?.string() ?? ""
          guard let cleave = try choice.optional("cleave") else { continue }
          tokens += 1
          #expect(
            ["exit_2", "exit_4", "cloud"].contains(try cleave.required("source").string()))
          #expect((0...1).contains(try cleave.required("confidence").number()))
        }
        #expect(joined == (try text(whole)))
        let usage = try #require(pieces.last).required("usage")
        #expect(try usage.required("completion_tokens").int() == tokens)
      }
    }

    /// Sixteen at once, of which two run at a time: each gets the text that it gets alone.
    @Test func requestsAtOnceDoNotMix() async throws {
      try await ServiceFixture.serve(try fixture.pair(), change: { $0.running = 2 }) { _, address in
        @Sendable func ask(_ seed: Int) async throws -> String {
          let body = """
            {"prompt": [\((0...(seed * 5)).map { "\(($0 * 31 + seed) % 300)" }.joined(separator: ","))],
             "max_tokens": 5, "temperature": 1, "seed": \(seed)}
            """
          let response = try await HTTPExchange.post("/v1/completions", body, address)
          #expect(response.status == 200, "\(response.body)")
          return try response.json().required("choices").elements()[0].required("text").string()
        }
        var alone: [String] = []
        for seed in 0..<16 { alone.append(try await ask(seed)) }
        let together = try await withThrowingTaskGroup(of: (Int, String).self) { group in
          for seed in 0..<16 { group.addTask { (seed, try await ask(seed)) } }
          return try await group.reduce(into: [Int: String]()) { $0[$1.0] = $1.1 }
        }
        #expect((0..<16).map { together[$0] } == alone.map { Optional($0) })
      }
    }

    @Test func stopTextsEndAnAnswer() async throws {
      try await ServiceFixture.serve(try fixture.whole()) { _, address in
        func ask(_ more: String) async throws -> JSONNode {
          let body = #"{"prompt": "hello there", "max_tokens": 12"# + more + "}"
          return try await HTTPExchange.post("/v1/completions", body, address).json()
            .required("choices").elements()[0]
        }
        let all = try await ask("").required("text").string()
        let stop = String(all.dropFirst(3).prefix(2))
        let quoted = JSON.string(stop).text()
        let cut = try await ask(", \"stop\": [\(quoted)]")
        #expect(try cut.required("finish_reason").string() == "stop")
        let range = try #require(all.range(of: stop))
        #expect(try cut.required("text").string() == String(all[..<range.lowerBound]))
      }
    }

    /// The probabilities are those of transformers: from its five largest logits at every position.
    @Test func probabilitiesAreThoseOfTheJudge() async throws {
      let prompts = try TinyModel.llama3.expected()
      for model in [try fixture.whole(), try fixture.pair()] {
        try await ServiceFixture.serve(model) { _, address in
          for prompt in prompts where prompt.ids.count > 1 {
            let ids = prompt.ids.map { "\($0)" }.joined(separator: ",")
            let body =
              "{\"prompt\": [\(ids)], \"max_tokens\": 1, \"echo\": true, \"logprobs\": 5}"
            let response = try await HTTPExchange.post("/v1/completions", body, address)
            let logprobs = try response.json().required("choices").elements()[0]
              .required("logprobs")
            let tokens = try logprobs.required("token_logprobs").elements()
            #expect(tokens.count == prompt.ids.count + 1)
            guard case .null = tokens[0].value else {
              Issue.record("the first token has a probability")
              continue
            }
            for (index, pairs) in prompt.top5.enumerated() {
              let found = try tokens[index + 1].number()
              let next = index + 1 < prompt.ids.count ? prompt.ids[index + 1] : pairs[0].token
              guard let judged = pairs.first(where: { $0.token == next }) else { continue }
              let best = try #require(
                try logprobs.required("top_logprobs").elements()[index + 1].members()
                  .map { try $0.node.number() }.max())
              // The difference to the most probable token needs no sum over the vocabulary.
              #expect(abs((best - found) - Double(pairs[0].logit - judged.logit)) < 1e-3)
            }
          }
        }
      }
    }

    @Test func anEchoWithoutTokensIsThePrompt() async throws {
      try await ServiceFixture.serve(try fixture.whole()) { _, address in
        let response = try await HTTPExchange.post(
          "/v1/completions",
          #"{"prompt": ["hello", "there you"], "echo": true, "max_tokens": 0, "logprobs": 0}"#,
          address)
        let choices = try response.json().required("choices").elements()
        #expect(try choices.map { try $0.required("text").string() } == ["hello", "there you"])
        let logprobs = try choices[1].required("logprobs")
        guard case .array(let tokens) = try logprobs.required("tokens").value,
          case .array(let scores) = try logprobs.required("token_logprobs").value
        else {
          Issue.record("no lists")
          return
        }
        #expect(tokens.count > 1 && tokens.count == scores.count)
      }
    }
  }
#endif
