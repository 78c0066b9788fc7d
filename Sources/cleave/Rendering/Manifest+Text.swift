import CleaveConvert
import CleaveModel
import CleaveStorage

extension Manifest {
  /// The description of the artifact at `path` that `cleave inspect` prints.
  func description(of path: String, tensors listed: Bool) throws -> String {
    var lines = [
      summary, "model id  \(modelID)", "KV cache  \(kvBytes.description)", "",
      "configuration", configuration.json.text(),
    ]
    if let licenseText { lines.insert(licenseText, at: 2) }
    if !exits.isEmpty {
      lines += ["", "exits"]
      lines += exits.map {
        "  after \($0.depth) blocks: \($0.body)"
          + ($0.reads == .previous ? " on the exit before" : "")
          + ($0.feedback.map { ", \($0) come back" } ?? "")
          + ", \($0.signal.rawValue) from \($0.threshold), temperature \($0.temperature), "
          + "\($0.trained ? "trained" : "untrained"), "
          + ($0.calibrated ? "calibrated" : "not calibrated")
          + ($0.unembedding == .vocabulary ? ", answers with the exit vocabulary" : "")
      }
      if let exitVocabularyText { lines.append("  \(exitVocabularyText)") }
      lines += try exitNeeds(file: path)
    }
    if let calibration {
      let depths = exits.map(\.depth)
      lines += ["", "calibration, on \(calibration.calibration.prompts) prompts"]
      if calibrationIsStale {
        lines.append("  VOID: weights, exits or temperatures have changed since")
      }
      for (name, mode) in [
        ("collaborative", calibration.collaborative), ("standalone", calibration.standalone),
      ] {
        lines += mode.text(name, loss: calibration.loss, depths: depths).map { "  \($0)" }
      }
    }
    lines += ["", "provenance"]
    for step in provenance {
      let settings = step.settings.map { " \($0.name)=\($0.value)" }.joined()
      lines.append("  \(step.step) (\(step.tool))\(settings)")
      lines += step.inputs.map {
        "    \($0.name)  \($0.digest.bytes.formattedBytes)  sha256 \($0.digest.sha256)"
      }
    }
    if listed {
      let rows = files.flatMap(\.tensors).map {
        [$0.name, $0.type.rawValue, "\($0.shape)", "\($0.byteCount ?? 0)"]
      }
      lines += ["", table([["tensor", "type", "shape", "bytes"]] + rows)]
    }
    return lines.joined(separator: "\n")
  }
}

extension CheckpointSummary {
  func description(tensors listed: Bool) -> String {
    var types: [String: (count: Int, bytes: Int)] = [:]
    for tensor in tensors {
      types[tensor.type, default: (0, 0)].count += 1
      types[tensor.type, default: (0, 0)].bytes += tensor.bytes
    }
    var lines = [
      "\(format), \(tensors.count) tensors, "
        + tensors.reduce(0) { $0 + $1.bytes }.formattedBytes
    ]
    lines += types.sorted { $0.key < $1.key }.map {
      "  \($0.key): \($0.value.count) tensors, \($0.value.bytes.formattedBytes)"
    }
    lines += settings.map { "  \($0.name) = \($0.value)" }
    if listed {
      let rows = tensors.map { [$0.name, $0.type, "\($0.shape)", "\($0.bytes)"] }
      lines += ["", table([["tensor", "type", "shape", "bytes"]] + rows)]
    }
    return lines.joined(separator: "\n")
  }

  var json: JSON {
    [
      "format": .string(format),
      "settings": .object(JSONObject(settings.map { ($0.name, .string($0.value)) })),
      "tensors": .array(
        tensors.map {
          [
            "name": .string($0.name), "type": .string($0.type),
            "shape": .array($0.shape.map { .integer(Int64($0)) }),
            "bytes": .integer(Int64($0.bytes)),
          ]
        }),
    ]
  }
}

extension KVBytes {
  /// The bytes that a session keeps at float32, in words.
  var description: String {
    keysAndValues + (fixed > 0 ? ", and \(fixed) bytes of states" : "")
  }

  private var keysAndValues: String {
    guard let window else { return "\(all) bytes per token" }
    return "\(all) bytes per token up to \(window) tokens, \(perToken) beyond "
      + "(\(perTokenInWindow * window) in the window's blocks)"
  }
}
