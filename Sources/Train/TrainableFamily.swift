import CleaveModel
import CleaveStorage

/// Which exits can be trained in which model family. The backward pass is written for plain blocks; exits
/// without blocks of their own read a hidden state and can be trained in every family.
enum TrainableFamily {
  /// - Throws: `InputError` for a body whose backward pass is not written for this family.
  static func check(_ exits: [ExitRecord], _ artifact: Artifact) throws {
    let configuration = artifact.manifest.configuration
    for exit in exits {
      guard let reason = reason(exit.body, configuration) else { continue }
      throw InputError(
        file: artifact.path, location: "exits", found: "\(exit.body) at depth \(exit.depth)",
        expected: "norm or affine in the family \(configuration.architecture), which has \(reason)",
        advice: "The gradient of these is not written yet; `cleave exits add` attaches such exits "
          + "untrained.")
    }
  }

  private static func reason(_ body: ExitBody, _ configuration: ModelConfiguration) -> String? {
    switch body {
    case .norm, .affine: return nil
    case .mlp:
      return configuration.block.activation == .silu ? nil : "another activation than SiLU"
    case .tail:
      if !configuration.block.isPlain { return "blocks that are not plain" }
      if configuration.window != nil { return "a sliding window" }
      if configuration.rope.attentionFactor != 1 || configuration.rope.rotatedPairs != nil {
        return "a rotary embedding of part of each head, or one that is scaled"
      }
      if configuration.attentionScale != nil { return "an attention scale of its own" }
      return nil
    }
  }
}
