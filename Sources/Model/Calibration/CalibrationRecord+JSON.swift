import CleaveStorage

extension CalibrationRecord {
  init(_ node: JSONNode) throws {
    weightsSHA256 = try node.required("weights_sha256").sha256()
    activations = try node.required("activations").string()
    kvCache = try node.required("kv_cache").string()
    loss = try node.required("loss").string()
    setting = try CalibrationSetting(try node.required("setting"))
    tuning = try CalibrationData(try node.required("tuning"))
    calibration = try CalibrationData(try node.required("calibration"))
    collaborative = try CalibrationMode(try node.required("collaborative"))
    standalone = try CalibrationMode(try node.required("standalone"))
  }

  package var json: JSON {
    [
      "weights_sha256": .string(weightsSHA256), "activations": .string(activations),
      "kv_cache": .string(kvCache), "loss": .string(loss), "setting": setting.json,
      "tuning": tuning.json, "calibration": calibration.json,
      "collaborative": collaborative.json, "standalone": standalone.json,
    ]
  }
}

extension CalibrationSetting {
  private static let most = 1 << 30

  init(_ node: JSONNode) throws {
    maxTokens = try node.required("max_tokens").int(in: 1...Self.most)
    longestPrompt = try node.required("longest_prompt").int(in: 1...Self.most)
    usesChatTemplate = try node.required("chat_template").bool()
  }

  var json: JSON {
    [
      "max_tokens": .integer(Int64(maxTokens)), "longest_prompt": .integer(Int64(longestPrompt)),
      "chat_template": .bool(usesChatTemplate),
    ]
  }
}

extension CalibrationData {
  init(_ node: JSONNode) throws {
    prompts = try node.required("prompts").int(in: 0...(1 << 40))
    sha256 = try node.required("sha256").sha256()
  }

  var json: JSON { ["prompts": .integer(Int64(prompts)), "sha256": .string(sha256)] }
}

extension CalibrationMode {
  init(_ node: JSONNode) throws {
    thresholds = try node.required("thresholds").elements().map { node in
      let value = try node.number()
      guard value >= 0 else { throw node.refuse(expected: "a number of at least 0") }
      return value
    }
    promise = try node.optional("promise").map(CalibrationPromise.init)
    risk = try node.required("risk").share()
    upperBound = try node.optional("upper_bound").map {
      UpperBound(
        risk: try $0.required("risk").share(), delta: try $0.required("delta").share())
    }
    cloudShare = try node.required("cloud_share").share()
    exitShares = try node.required("exit_shares").elements().map { try $0.share() }
  }

  package var json: JSON {
    [
      "thresholds": .array(thresholds.map { .real($0) }), "promise": promise?.json ?? .null,
      "risk": .real(risk),
      "upper_bound": upperBound.map { ["risk": .real($0.risk), "delta": .real($0.delta)] }
        ?? .null,
      "cloud_share": .real(cloudShare), "exit_shares": .array(exitShares.map { .real($0) }),
    ]
  }
}

extension CalibrationPromise {
  init(_ node: JSONNode) throws {
    risk = try node.required("risk").share()
    delta = try node.optional("delta")?.share()
    procedure = try node.required("procedure").oneOf(Procedure.self)
    passed = try node.required("passed").bool()
    guard (delta == nil) == (procedure == .conformal) else {
      throw node.refuse(
        expected: "a delta, but for conformal, which has none",
        found: "\(procedure.rawValue) \(delta == nil ? "without" : "with") a delta")
    }
  }

  var json: JSON {
    [
      "risk": .real(risk), "delta": delta.map { .real($0) } ?? .null,
      "procedure": .string(procedure.rawValue), "passed": .bool(passed),
    ]
  }
}
