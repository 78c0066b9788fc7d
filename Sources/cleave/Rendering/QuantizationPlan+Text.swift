import CleaveQuantize
import CleaveStorage

extension QuantizationPlan {
  /// A table of all tensors, followed by the summary.
  var description: String {
    let rows = entries.map {
      [$0.name, "\($0.shape)", $0.source.rawValue, $0.type.rawValue, "\($0.bytes)", $0.explanation]
    }
    return table([["tensor", "shape", "from", "to", "bytes", "why"]] + rows) + "\n\n" + summary
  }

  /// The sizes and the bits per weight, and every deviation from what was asked for.
  var summary: String {
    var sizeText = "\(sizes.model.formattedBytes), \(bitsPerWeight.fixed(3)) bits per weight"
    if let edge = sizes.edge, let cloud = sizes.cloud {
      sizeText += "; edge \(edge.formattedBytes), cloud \(cloud.formattedBytes)"
    }
    return ([sizeText] + fallbackLines + notes.map { "note: \($0)" }).joined(separator: "\n")
  }

  /// One line for each kind of fallback, with the number of tensors.
  private var fallbackLines: [String] {
    let groups = Dictionary(grouping: fallbacks) {
      "\($0.wanted.rawValue) -> \($0.type.rawValue), rows of \($0.shape.last ?? 0)"
    }
    return groups.sorted { $0.key < $1.key }.map { change, entries in
      "fallback: \(change): \(entries.count) tensors, the first \(entries[0].name)"
    }
  }

  func json(_ modelID: String?, _ allocation: Allocation?) -> JSON {
    guard case .object(var object) = json else { return json }
    if let modelID { object["model_id"] = .string(modelID) }
    if let allocation { object["allocation"] = allocation.json }
    return .object(object)
  }
}
