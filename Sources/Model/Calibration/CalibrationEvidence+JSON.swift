import CleaveStorage

extension CalibrationEvidence {
  static let schema = "cleave.calibration"
  static let version = 1

  package init(_ node: JSONNode) throws {
    let schema = try node.required("schema")
    guard try schema.string() == Self.schema else { throw schema.refuse(expected: Self.schema) }
    let version = try node.required("version")
    guard try version.int() == Self.version else {
      throw version.refuse(expected: "version \(Self.version)")
    }
    self.init(
      command: try node.list("command") { try $0.string() },
      sources: try node.list("sources", Source.init),
      tuning: try node.list("tuning") { try $0.hexadecimal(digits: CalibrationEvidence.digits) },
      calibration: try node.list("calibration") {
        try $0.hexadecimal(digits: CalibrationEvidence.digits)
      },
      candidates: try node.list("candidates", Candidate.init),
      standaloneCandidates: try node.list("standalone_candidates", Candidate.init),
      frontiers: try node.list("frontiers", Frontier.init),
      exits: try node.list("exits", Exit.init),
      traffic: try Traffic(try node.required("traffic")),
      samples: try node.list("samples", Sample.init))
  }

  package var json: JSON {
    [
      "schema": .string(Self.schema), "version": .integer(Int64(Self.version)),
      "command": .array(command.map { .string($0) }), "sources": .array(sources.map(\.json)),
      "tuning": .array(tuning.map { .string($0) }),
      "calibration": .array(calibration.map { .string($0) }),
      "candidates": .array(candidates.map(\.json)),
      "standalone_candidates": .array(standaloneCandidates.map(\.json)),
      "frontiers": .array(frontiers.map(\.json)), "exits": .array(exits.map(\.json)),
      "traffic": traffic.json, "samples": .array(samples.map(\.json)),
    ]
  }
}

extension CalibrationEvidence.Source {
  fileprivate init(_ node: JSONNode) throws {
    self.init(
      name: try node.required("name").string(), field: try node.required("field").string(),
      format: try node.required("format").string(), sha256: try node.required("sha256").sha256(),
      prompts: try node.required("prompts").int())
  }

  fileprivate var json: JSON {
    [
      "name": .string(name), "field": .string(field), "format": .string(format),
      "sha256": .string(sha256), "prompts": .integer(Int64(prompts)),
    ]
  }
}

extension CalibrationEvidence.Candidate {
  fileprivate init(_ node: JSONNode) throws {
    self.init(
      thresholds: try node.list("thresholds") { try $0.number() },
      tuning: try node.optional("tuning").map(CalibrationEvidence.Outcome.init),
      calibration: try node.optional("calibration").map(CalibrationEvidence.Outcome.init),
      pValue: try node.optional("p_value")?.share(), passed: try node.required("passed").bool())
  }

  package var json: JSON {
    [
      "thresholds": .array(thresholds.map { .real($0) }), "tuning": tuning?.json ?? .null,
      "calibration": calibration?.json ?? .null, "p_value": pValue.map { .real($0) } ?? .null,
      "passed": .bool(passed),
    ]
  }
}

extension CalibrationEvidence.Outcome {
  fileprivate init(_ node: JSONNode) throws {
    self.init(
      risk: try node.required("risk").share(), cloudShare: try node.required("cloud_share").share(),
      exitShares: try node.list("exit_shares") { try $0.share() })
  }

  fileprivate var json: JSON {
    [
      "risk": .real(risk), "cloud_share": .real(cloudShare),
      "exit_shares": .array(exitShares.map { .real($0) }),
    ]
  }
}

extension CalibrationEvidence.Frontier {
  fileprivate init(_ node: JSONNode) throws {
    self.init(
      signal: try node.required("signal").oneOf(ExitRecord.Signal.self),
      points: try node.list("points") {
        Point(
          disagreement: try $0.required("disagreement").share(),
          cloudShare: try $0.required("cloud_share").share())
      })
  }

  fileprivate var json: JSON {
    [
      "signal": .string(signal.rawValue),
      "points": .array(
        points.map {
          ["disagreement": .real($0.disagreement), "cloud_share": .real($0.cloudShare)]
        }),
    ]
  }
}

extension CalibrationEvidence.Exit {
  fileprivate init(_ node: JSONNode) throws {
    self.init(
      depth: try node.required("depth").int(in: 1...ModelConfiguration.largestBlockCount),
      temperature: try node.required("temperature").positiveNumber(),
      before: try node.list("before", Bin.init), after: try node.list("after", Bin.init),
      signalTokens: try node.list("signal_tokens") { try $0.int() },
      signalRight: try node.list("signal_right") { try $0.int() })
  }

  fileprivate var json: JSON {
    [
      "depth": .integer(Int64(depth)), "temperature": .real(temperature),
      "before": .array(before.map(\.json)), "after": .array(after.map(\.json)),
      "signal_tokens": .array(signalTokens.map { .integer(Int64($0)) }),
      "signal_right": .array(signalRight.map { .integer(Int64($0)) }),
    ]
  }
}

extension CalibrationEvidence.Exit.Bin {
  fileprivate init(_ node: JSONNode) throws {
    self.init(
      tokens: try node.required("tokens").int(), right: try node.required("right").int(),
      confidence: try node.required("confidence").share())
  }

  fileprivate var json: JSON {
    [
      "tokens": .integer(Int64(tokens)), "right": .integer(Int64(right)),
      "confidence": .real(confidence),
    ]
  }
}

extension CalibrationEvidence.Traffic {
  fileprivate init(_ node: JSONNode) throws {
    self.init(
      bytesUpPerToken: try node.required("bytes_up_per_token").number(),
      bytesDownPerToken: try node.required("bytes_down_per_token").number(),
      cloudOnlyBytesUpPerToken: try node.required("cloud_only_bytes_up_per_token").number(),
      stateBytes: try node.required("state_bytes").int())
  }

  fileprivate var json: JSON {
    [
      "bytes_up_per_token": .real(bytesUpPerToken),
      "bytes_down_per_token": .real(bytesDownPerToken),
      "cloud_only_bytes_up_per_token": .real(cloudOnlyBytesUpPerToken),
      "state_bytes": .integer(Int64(stateBytes)),
    ]
  }
}

extension CalibrationEvidence.Sample {
  fileprivate init(_ node: JSONNode) throws {
    self.init(
      prompt: try node.required("prompt").string(), mode: try node.required("mode").string(),
      loss: try node.required("loss").share(),
      tokens: try node.list("tokens") {
        Token(
          text: try $0.required("text").string(), source: try $0.required("source").string(),
          confidence: try $0.required("confidence").share(),
          agrees: try $0.required("agrees").bool())
      })
  }

  fileprivate var json: JSON {
    [
      "prompt": .string(prompt), "mode": .string(mode), "loss": .real(loss),
      "tokens": .array(
        tokens.map {
          [
            "text": .string($0.text), "source": .string($0.source),
            "confidence": .real($0.confidence), "agrees": .bool($0.agrees),
          ]
        }),
    ]
  }
}
