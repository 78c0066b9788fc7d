import CleaveModel
import CleavePrompts
import CleaveRuntime
import CleaveStorage

/// The results of an evaluation of exits, with the prompts and settings that they hold for.
package struct ExitEvaluationReport: Sendable {
  package let modelID: String
  package let sources: [PromptSource]
  package let prompts: Int
  /// The number of prompts that were cut because they were too long.
  package let cut: Int
  package let excluded: Int
  package let repeated: Int
  /// The digest of the set of prompts (`PromptSet.contentSHA256`).
  package let contentSHA256: String
  package let maxTokens: Int
  package let usesChatTemplate: Bool
  package let numerics: Numerics
  /// The statistics of each exit, in rising depth.
  package let exits: [ExitStatistics]
  /// All exits, each at its threshold for `ExitStatistics.cascadeTarget`.
  package let cascade: Cascade
  /// All exits, each at the threshold that it ships with.
  package let shipped: Cascade

  init(
    manifest: Manifest, set: PromptSet, settings: ExitEvaluation.Settings, scores: [PromptScores]
  ) {
    modelID = manifest.modelID
    sources = settings.prompts
    prompts = set.prompts.count
    (cut, excluded, repeated) = (set.cut, set.excluded, set.repeated)
    contentSHA256 = set.contentSHA256
    maxTokens = settings.maxTokens
    usesChatTemplate = settings.usesChatTemplate
    numerics = settings.numerics
    exits = manifest.exits.enumerated().map { index, exit in
      ExitStatistics(depth: exit.depth, of: scores.map { $0.exits[index] })
    }
    cascade = Cascade(thresholds: exits.map(\.cascadeThreshold), of: scores)
    shipped = Cascade(thresholds: manifest.exits.map(\.threshold), of: scores)
  }

  package var tokens: Int { exits.first?.tokens ?? 0 }
}

extension ExitEvaluationReport {
  package var json: JSON {
    [
      "model_id": .string(modelID),
      "prompts": [
        "count": .integer(Int64(prompts)), "content_sha256": .string(contentSHA256),
        "cut": .integer(Int64(cut)), "excluded": .integer(Int64(excluded)),
        "repeated": .integer(Int64(repeated)),
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
      "numerics": numerics.json, "exits": .array(exits.map(\.json)),
      "cascade": cascade.json(exits.map(\.depth)), "shipped": shipped.json(exits.map(\.depth)),
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
