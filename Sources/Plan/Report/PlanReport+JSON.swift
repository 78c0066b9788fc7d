import CleaveStorage

extension PlanReport {
  package var json: JSON {
    [
      "objective": .string(settings.objective.rawValue),
      "link": settings.link.json, "middle_link": settings.middleLink?.json ?? .null,
      "clients": .integer(Int64(settings.clients)), "think_seconds": .real(settings.think),
      "max_risk": .real(settings.maxRisk),
      "max_memory": settings.maxMemory.map { .integer(Int64($0)) } ?? .null,
      "message_ms": .real(settings.messageSeconds * 1000),
      "request_ms": .real(settings.requestSeconds * 1000),
      "best": best?.json ?? .null,
      "choices": .array(
        rows.indices.map { index in
          guard case .object(var object) = rows[index].json else { return .null }
          object["pareto"] = .bool(isOnFront[index])
          object["allowed"] = .bool(isAllowed[index])
          return .object(object)
        }),
    ]
  }
}

extension PlannedLink {
  var json: JSON {
    [
      "up_bits_per_second": .real(upBitsPerSecond),
      "down_bits_per_second": .real(downBitsPerSecond),
      "round_trip_ms": .real(roundTrip * 1000),
    ]
  }
}

extension PlanRow {
  var json: JSON {
    [
      "model": .string(model.name), "mode": .string(choice.mode.rawValue),
      "exits": .integer(Int64(choice.exits)),
      "middle_exits": .integer(Int64(choice.middleExits)),
      "thresholds": .array(choice.thresholds.map { $0.map { .real($0) } ?? .null }),
      "rule": .string(choice.rule), "draft": .integer(Int64(choice.longestDraft)),
      "look_ahead": .integer(Int64(choice.lookAhead)),
      "upload": .string(choice.upload.description), "trace": trace.map { .string($0) } ?? .null,
      "seconds": ["mean": .real(mean), "p50": .real(p50), "p95": .real(p95)],
      "first_token_seconds": ["p50": .real(firstP50), "p95": .real(firstP95)],
      "tokens_per_text": .real(tokensPerText), "cloud_ms_per_token": .real(cloudMilliseconds),
      "middle_ms_per_token": middleMilliseconds.map { .real($0) } ?? .null,
      "bytes_behind_per_token": bytesBehind.map { .real($0) } ?? .null,
      "device_ms_per_token": .real(deviceMilliseconds), "bytes_up_per_token": .real(bytesUp),
      "bytes_down_per_token": .real(bytesDown),
      "joules_per_token": joules.map { .real($0) } ?? .null,
      "edge_bytes": .integer(Int64(edgeBytes)),
      "clients_carried": clientsCarried.map { .real($0) } ?? .null,
      "from_cloud": .real(fromCloud), "differing": wrong.json, "risk": .real(risk),
    ]
  }
}
