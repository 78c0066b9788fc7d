#if Network
  import CleaveNetwork
  import CleaveService
  import CleaveStorage
  import Foundation
  import TestSupport
  import Testing

  /// Conversations that go on from their KV caches: the same text, with less work.
  @Suite(.timeLimit(.minutes(3))) struct ConversationTests {
    private let fixture: ServiceFixture

    init() throws { fixture = try ServiceFixture(threshold: 0.02) }

    private struct Turn: Equatable, Sendable {
      let text: String
      let reused: Int
    }

    /// Three turns of a conversation; the last changes what was said before.
    private static func talk(_ address: HostAndPort, control: String) async throws -> [Turn] {
      var messages: [String] = []
      var turns: [Turn] = []
      for (index, said) in ["hello there", "and then?", "who is it", "hello again"].enumerated() {
        if index == 3 { messages.removeLast(4) }
        messages.append("{\"role\": \"user\", \"content\": \"\(said)\"}")
        let response = try await HTTPExchange.post(
          "/v1/chat/completions",
          "{\"messages\": [\(messages.joined(separator: ","))], \"max_tokens\": 10, \"temperature\": 0.8, \"seed\": \(index), \"cleave\": \(control)}",
          address)
        let json = try response.json()
        let text = try json.required("choices").elements()[0].required("message")
          .required("content").string()
        let usage = try json.required("usage").required("prompt_tokens_details")
        turns.append(Turn(text: text, reused: try usage.required("cached_tokens").int()))
        messages.append(
          "{\"role\": \"assistant\", \"content\": \(JSON.string(text).text(pretty: false))}")
      }
      return turns
    }

    @Test(arguments: ["whole", "standalone", "collaborative", "lossless"])
    func aConversationThatGoesOnHasTheSameText(mode: String) async throws {
      let control = "{\"mode\": \"\(mode)\"}"
      func turns(_ bytes: Int) async throws -> [Turn] {
        let model =
          mode == "whole"
          ? try ServedModel(
            fixture.scratchModel(),
            settings: ServiceFixture.settings { $0.conversationBytes = bytes })
          : try fixture.pair { $0.conversationBytes = bytes }
        return try await ServiceFixture.serve(model) { _, address in
          try await Self.talk(address, control: control)
        }
      }
      let kept = try await turns(64 << 20)
      let anew = try await turns(0)
      #expect(kept.map(\.text) == anew.map(\.text))
      #expect(anew.allSatisfy { $0.reused == 0 })
      #expect(kept[0].reused == 0 && kept[1].reused > 0 && kept[2].reused > kept[1].reused)
    }

    /// A bound that no conversation fits in keeps none.
    @Test func theBoundHolds() async throws {
      try await ServiceFixture.serve(try fixture.pair { $0.conversationBytes = 1 << 10 }) {
        _, address in
        let turns = try await Self.talk(address, control: "{}")
        #expect(turns.allSatisfy { $0.reused == 0 })
        let metrics = try await HTTPExchange.get("/metrics", address).body
        #expect(metrics.contains("cleave_api_conversations 0\n"))
      }
      try await ServiceFixture.serve(try fixture.pair()) { _, address in
        for prompt in ["a", "b", "c"] {
          _ = try await HTTPExchange.post(
            "/v1/completions", "{\"prompt\": \"\(prompt)\", \"max_tokens\": 3}", address)
        }
        let metrics = try await HTTPExchange.get("/metrics", address).body
        #expect(metrics.contains("cleave_api_conversations 3\n"))
        #expect(!metrics.contains("cleave_api_conversation_bytes 0\n"))
      }
    }
  }
#endif
