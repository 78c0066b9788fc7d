import CleaveModel
import CleaveStorage

/// What a stage is expected to take, roughly, before it ever ran: what is known from the recipe, the
/// checkpoint's headers and the number of prompts.
struct StageEffort {
  /// The amount of work: products of a weight with an activation, or bytes that are read and written.
  var work: Double
  /// Whether the work is products, which the machine is probed for.
  var isProducts: Bool
  /// Bytes of the output.
  var bytes: Int
  /// Bytes of the files that it maps.
  var mappedBytes: Int
  /// The most memory beyond these, and beyond what the process has before it.
  var anonymousBytes: Int

  /// Bytes a second of a stage that copies and hashes.
  private static let bytesPerSecond = 150e6

  /// - Parameter rate: products a second; nil where it is not known.
  func seconds(rate: Double?) -> Double? {
    isProducts ? rate.map { work / $0 } : work / Self.bytesPerSecond
  }
}

extension StageList {
  /// Tokens of a prompt, which is taken to be short.
  static let promptTokens = 40

  func effort(of stage: String) -> StageEffort {
    let size = files.size
    let bytes = size.bytes
    switch stage {
    case "capture":
      return products(stage, capturedTokens * size.weights, capturedBytes)
    case "quality":
      // The source computes in float32, which takes longer.
      return products(stage, 3 * Double(readTokens) * size.weights, 0)
    case "train":
      let tokens = trainedTokens
      // Forward and backward, and the rows of the unembedding that the loss reads.
      let perToken = 3 * (tailWeights + Double(size.hidden) * 4096)
      return products(stage, tokens * perToken, bytesWithExits)
    case "evaluate", "evaluate, feedback":
      let evaluate = recipe.section("evaluate")
      return products(stage, answered(evaluate, "prompts", 128) * size.weights, 0)
    case "calibrate":
      let calibrate = recipe.section("calibrate")
      // Texts of the whole model, of each policy on the way to the promise, and samples.
      return products(
        stage, 4 * answered(calibrate, "prompts", 64) * size.weights, bytesWithExits)
    case "verify":
      let verify = recipe.section("verify")
      let held = answered(verify, "held_out", heldOutTokens)
      let own = Double(24 * (verify.integer("max_tokens") ?? 64))
      return products(stage, 3 * (own + held) * size.weights, 0)
    default:
      return StageEffort(
        work: Double(bytes), isProducts: false,
        bytes: stage == "partition" ? bytesWithExits + Int(size.embedding) : bytes,
        mappedBytes: stage == "partition" || stage == "exits" ? 0 : bytes,
        anonymousBytes: memory(of: stage))
    }
  }

  private func products(_ stage: String, _ work: Double, _ bytes: Int) -> StageEffort {
    let mapped =
      switch stage {
      case "quality", "capture", "train": files.size.bytes
      case "evaluate, feedback": bytesWithExits
      // The embedding is mapped twice: by the edge, and by the whole model or the cloud.
      default: bytesWithExits + Int(files.size.embedding)
      }
    return StageEffort(
      work: work, isProducts: true, bytes: bytes, mappedBytes: mapped,
      anonymousBytes: memory(of: stage))
  }

  private var capturedBytes: Int {
    Int(min(capturedTokens * Double(capturedBytesPerToken), 1e15))
  }

  /// Hidden states in float16, and the teacher's largest logits.
  var capturedBytesPerToken: Int {
    let depths = recipe.section("exits").list("at").count + (recipe.capturesLastStates ? 1 : 0)
    return 2 * files.size.hidden * depths + 32 * 6
  }

  /// Bytes of the model with its exits, which are kept in 16 bits.
  private var bytesWithExits: Int { files.size.bytes + Int(tailWeights) * 2 }

  /// Weights of all tails.
  var tailWeights: Double { Double(tailBlocks) * files.size.blockWeights }

  /// Blocks of all tails.
  var tailBlocks: Int {
    let placement = recipe.placement
    let blocks = placement.bodies.reduce(0) { $0 + $1.tailBlocks }
    let each = placement.bodies.count == 1 ? placement.depths.count : 1
    return blocks * each
  }

  /// Tokens of the text on which quality is measured.
  private var readTokens: Int {
    let (quality, settings) = (recipe.section("quality"), recipe.qualitySettings)
    let bytes = quality.text("text").flatMap { try? MappedFile.size(of: recipe.path($0)) } ?? 0
    return settings.windows.map { min($0 * settings.windowLength, bytes) } ?? bytes / 4
  }

  /// Tokens of the capture.
  private var capturedTokens: Double {
    let train = recipe.section("train")
    let own = Double((train.integer("self_prompt") ?? 0) * (generatedTokens + 96))
    let texts = train.list("data").compactMap(\.scalar).reduce(0.0) {
      $0 + Double((try? MappedFile.size(of: recipe.path($1))) ?? 0) / 4
    }
    return own + texts + prompted(train.list("prompts"), generatedTokens)
  }

  /// Tokens that the model itself says after each prompt.
  var generatedTokens: Int {
    let train = recipe.section("train")
    return train.integer("self_generate") ?? (train["self_prompt"] == nil ? 0 : 128)
  }

  var heldOutTokens: Int { recipe.section("calibrate").integer("max_tokens") ?? 64 }

  private var trainedTokens: Double {
    let settings = recipe.trainingSettings
    if let steps = settings.steps {
      return Double(steps * settings.batchTokens * settings.accumulation)
    }
    return settings.epochs * capturedTokens
  }

  /// Tokens of prompts with their answers.
  private func answered(_ section: RecipeNode, _ key: String, _ standard: Int) -> Double {
    prompted(section.list(key), section.integer("max_tokens") ?? standard)
  }

  private func prompted(_ sources: [RecipeNode], _ new: Int) -> Double {
    Double(count(sources)) * Double(new + Self.promptTokens)
  }

  /// The number of prompts.
  func count(_ sources: [RecipeNode]) -> Int {
    sources.reduce(0) { sum, source in
      let lines = files.lines(recipe.path(source.text("file") ?? ""))
      return sum + min(lines, source.integer("count") ?? lines)
    }
  }
}
