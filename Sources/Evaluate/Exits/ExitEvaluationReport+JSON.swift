import CleavePrompts
import CleaveStorage

extension ExitEvaluationReport {
  package var json: JSON {
    [
      "model_id": .string(modelID),
      "prompts": [
        "count": .integer(Int64(prompts)), "content_sha256": .string(contentSHA256),
        "cut": .integer(Int64(cut)), "excluded": .integer(Int64(excluded)),
        "repeated": .integer(Int64(repeated)), "empty": .integer(Int64(empty)),
        "sources": .array(
          sources.map {
            [
              "name": .string(FileSystem.name(of: $0.source.path)),
              "field": .string($0.source.field),
              "format": .string($0.format("{\($0.source.field)}")),
            ]
          }),
      ],
      "max_tokens": .integer(Int64(maxTokens)), "chat_template": .bool(usesChatTemplate),
      "tokens": .integer(Int64(tokens)), "standard_errors": "clustered by prompt",
      "feedback": .string(feedback.description), "numerics": numerics.json,
      "exits": .array(exits.map(\.json)),
      "cascade": cascade.json(exits.map(\.depth)), "shipped": shipped.json(exits.map(\.depth)),
      "traffic": .array(traffic.map(\.json)), "by_source": .array(bySource.map(\.json)),
    ]
  }
}

extension ExitStatistics {
  var json: JSON {
    [
      "depth": .integer(Int64(depth)), "tokens": .integer(Int64(tokens)),
      "agreement": agreement.json, "coverage": .array(coverages.map(\.json)),
      "calibration_error": .real(calibrationError),
      "calibration_error_at_temperature_1": .real(plainCalibrationError),
    ]
  }
}

extension Coverage {
  var json: JSON {
    [
      "target": .real(target), "share": share.json,
      "threshold": threshold.map { .real($0) } ?? .null, "agreement": agreement?.json ?? .null,
    ]
  }
}

extension Cascade {
  func json(_ depths: [Int]) -> JSON {
    func part(_ part: Part) -> [JSONObject.Member] {
      [("share", part.share.json), ("agreement", part.agreement?.json ?? .null)]
    }
    return [
      "exits": .array(
        depths.indices.map { index in
          .object(
            JSONObject(
              [
                ("depth", .integer(Int64(depths[index]))),
                ("threshold", thresholds[index].map { .real($0) } ?? .null),
              ] + part(exits[index])))
        }),
      "all": .object(JSONObject(part(all))),
    ]
  }
}

extension ExitTraffic {
  var json: JSON {
    [
      "encoding": .string(encoding.description), "bytes_up_per_token": .real(bytesUpPerToken),
      "bytes_down_per_token": .real(bytesDownPerToken),
    ]
  }
}

extension SourceStatistics {
  var json: JSON {
    [
      "name": .string(FileSystem.name(of: source.source.path)),
      "field": .string(source.source.field), "prompts": .integer(Int64(prompts)),
      "tokens": .integer(Int64(tokens)), "training": known?.json ?? .null,
      "exits": .array(exits.map(\.json)), "traffic": .array(traffic.map(\.json)),
    ]
  }
}

extension KnownContents {
  fileprivate var json: JSON {
    [
      "contents": .integer(Int64(contents)), "trained": .integer(Int64(trained)),
      "held_out": .integer(Int64(heldOut)),
    ]
  }
}
