import CleaveRuntime
import CleaveService
import CleaveStorage
import Testing

/// What bodies of requests are read as, and what is refused of them.
@Suite struct RequestTests {
  private func chat(_ text: String) throws -> TextRequest { try .chat(Array(text.utf8)) }
  private func completion(_ text: String) throws -> TextRequest {
    try .completion(Array(text.utf8))
  }

  @Test func aChatIsRead() throws {
    let request = try chat(
      """
      {"model": "m", "messages": [{"role": "developer", "content": "Be short."},
       {"role": "user", "content": [{"type": "text", "text": "a"}, {"type": "text", "text": "b"}]}],
       "max_completion_tokens": 7, "temperature": 0.5, "top_p": 0.9, "top_k": 3, "seed": -1,
       "stop": "x", "stream": true, "stream_options": {"include_usage": true}, "n": 1,
       "user": "me", "metadata": {"a": "b"}, "tools": [], "logprobs": false,
       "response_format": {"type": "text"}, "frequency_penalty": 0.0, "presence_penalty": null,
       "cleave": {"mode": "lossless", "threshold": [0.5, 2]}}
      """)
    guard case .chat(let messages) = request.prompts[0] else {
      Issue.record("no chat")
      return
    }
    #expect(messages.map(\.role) == ["system", "user"])
    #expect(messages.map(\.content) == ["Be short.", "ab"])
    #expect(request.maxTokens == 7 && request.streams && request.streamsUsage)
    #expect(
      request.sampling == Sampling(temperature: 0.5, topK: 3, topP: 0.9, seed: UInt64.max))
    #expect(request.stop == ["x"])
    #expect(request.control == RunControl(mode: .lossless, thresholds: [0.5, 2]))
  }

  @Test func promptsAreReadInEveryForm() throws {
    for (text, count) in [
      ("\"a\"", 1), ("[\"a\", \"b\"]", 2), ("[1, 2, 3]", 1), ("[[1, 2], [3]]", 2),
      ("[\"a\", [1]]", 2),
    ] {
      let request = try completion("{\"prompt\": \(text), \"echo\": true, \"max_tokens\": 0}")
      #expect(request.prompts.count == count, "\(text)")
    }
    let request = try completion(#"{"prompt": [5, 6], "logprobs": 3}"#)
    guard case .tokens(let ids) = request.prompts[0] else {
      Issue.record("no tokens")
      return
    }
    #expect(ids == [5, 6] && request.logProbabilities == 3 && request.maxTokens == 16)
  }

  /// Each wrong field, and what the error has to name.
  @Test(arguments: [
    (#"{"messages": []}"#, "messages"),
    (#"{}"#, "messages"),
    (#"[]"#, "object"),
    (#"{"messages": [{"role": "robot", "content": "a"}]}"#, "messages[0].role"),
    (#"{"messages": [{"role": "user", "content": 5}]}"#, "messages[0].content"),
    (#"{"messages": [{"role": "user", "content": "a", "name": "x"}]}"#, "messages[0].name"),
    (#"{"messages": [{"role": "user", "content": [{"type": "image_url"}]}]}"#, "type"),
    (#"{"messages": [{"role": "user"}]}"#, "content"),
    (#"{"n": 2}"#, "n"), (#"{"logprobs": true}"#, "logprobs"),
    (#"{"top_logprobs": 2}"#, "top_logprobs"),
    (#"{"tools": [{"type": "function"}]}"#, "tools"), (#"{"logit_bias": {"1": 5}}"#, "logit_bias"),
    (#"{"presence_penalty": 0.5}"#, "presence_penalty"),
    (#"{"response_format": {"type": "json_object"}}"#, "response_format"),
    (#"{"frobnicate": 1}"#, "frobnicate"),
    (#"{"temperature": 3}"#, "temperature"), (#"{"temperature": "hot"}"#, "temperature"),
    (#"{"top_p": 0}"#, "top_p"), (#"{"top_k": -1}"#, "top_k"), (#"{"seed": 1.5}"#, "seed"),
    (#"{"max_tokens": 0}"#, "max_tokens"), (#"{"max_tokens": -1}"#, "max_tokens"),
    (#"{"max_tokens": 5, "max_completion_tokens": 5}"#, "max_completion_tokens"),
    (#"{"stop": [""]}"#, "stop[0]"), (#"{"stop": 5}"#, "stop"),
    (#"{"stop": ["1","2","3","4","5","6","7","8","9","a","b","c","d","e","f","g","h"]}"#, "stop"),
    (#"{"stream_options": {"include_usage": true}}"#, "stream_options"),
    (#"{"stream": true, "stream_options": {"more": 1}}"#, "stream_options"),
    (#"{"cleave": {"mode": "fast"}}"#, "cleave.mode"),
    (#"{"cleave": {"threshold": -1}}"#, "cleave.threshold"),
    (#"{"cleave": {"threshold": []}}"#, "cleave.threshold"),
    (#"{"cleave": {"speed": 1}}"#, "cleave"),
  ])
  func aWrongChatIsRefusedByName(text: String, name: String) throws {
    // A body that brings no messages gets some.
    let body =
      text.contains("messages") || !text.hasPrefix("{\"")
      ? text : "{\"messages\": [{\"role\": \"user\", \"content\": \"a\"}], " + text.dropFirst()
    do {
      _ = try chat(body)
      Issue.record("taken: \(body)")
    } catch {
      let refusal = APIError(cause: error)
      #expect(refusal.status == 400)
      #expect(refusal.message.contains(name), "\(refusal.message)")
    }
  }

  @Test(arguments: [
    (#"{}"#, "prompt"), (#"{"prompt": []}"#, "prompt"), (#"{"prompt": 5}"#, "prompt"),
    (#"{"prompt": [-1]}"#, "prompt[0]"), (#"{"prompt": [[1], [true]]}"#, "prompt[1][0]"),
    (#"{"prompt": "a", "logprobs": 21}"#, "logprobs"),
    (#"{"prompt": "a", "max_tokens": 0}"#, "max_tokens"),
    (#"{"prompt": "a", "stream": true, "echo": true}"#, "stream"),
    (#"{"prompt": "a", "stream": true, "logprobs": 0}"#, "stream"),
    (#"{"prompt": "a", "best_of": 2}"#, "best_of"), (#"{"prompt": "a", "suffix": "b"}"#, "suffix"),
    (#"{"prompt": "a", "messages": []}"#, "messages"),
    (#"{"prompt": "a", "prompt": "b"}"#, "prompt"), (#"{"prompt": "a""#, "JSON"),
    (#"{"prompt": "a\ud83d"}"#, "surrogate"), (#"{"prompt": "\ude00a"}"#, "surrogate"),
    (#"{"prompt": "\ude00\ud83d"}"#, "surrogate"), (#"{"prompt": "a", "\ud83d": 1}"#, "surrogate"),
    (#"{"prompt": [[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]}"#, "nested"),
  ])
  func aWrongCompletionIsRefusedByName(text: String, name: String) throws {
    do {
      _ = try completion(text)
      Issue.record("taken: \(text)")
    } catch {
      let refusal = APIError(cause: error)
      #expect(refusal.status == 400)
      #expect(refusal.message.contains(name), "\(refusal.message)")
    }
  }

  @Test func wholeSurrogatePairsAreRead() throws {
    guard case .text(let text) = try completion(#"{"prompt": "\ud83d\ude00"}"#).prompts[0] else {
      Issue.record("no text")
      return
    }
    #expect(text == "\u{1F600}")
  }

  @Test func errorsHaveTheirForm() throws {
    let error = APIError(429, "later", type: "rate_limit_exceeded", parameter: "x", code: "y")
    #expect(
      error.json.text(pretty: false)
        == #"{"error":{"message":"later","type":"rate_limit_exceeded","param":"x","code":"y"}}"#)
    #expect(APIError(cause: LinkClosed()).status == 502)
    #expect(APIError(cause: ContextLimitError(tokens: 9, contextLength: 8)).status == 400)
    #expect(APIError(cause: InputError(file: "f", found: "a", expected: "b")).status == 500)
  }
}
