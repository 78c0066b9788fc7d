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
  /// The most memory beyond these.
  var anonymousBytes: Int

  /// Bytes a second of a stage that copies and hashes.
  private static let bytesPerSecond = 150e6

  /// - Parameter rate: products a second; nil where it is not known.
  func seconds(rate: Double?) -> Double? {
    isProducts ? rate.map { work / $0 } : work / Self.bytesPerSecond
  }
}

extension StageList {
  /// Memory of a stage beyond the files that it maps.
  private static let overhead = 300_000_000

  func effort(of stage: String) -> StageEffort {
    let size = files.size
    let (bytes, train) = (size.bytes, recipe.section("train"))
    switch stage {
    case "capture": return captured(size)
    case "train":
      let tokens = trainedTokens
      // Forward and backward, and the rows of the unembedding that the loss reads.
      let perToken = 3 * (tailWeights(size) + Double(size.hidden) * 4096)
      return products(
        tokens * perToken, bytes + Int(tailWeights(size)) * 2,
        peak: Int(20 * tailWeights(size)) + (train.integer("batch_tokens") ?? 1024) * 500_000)
    case "evaluate", "evaluate, feedback":
      let evaluate = recipe.section("evaluate")
      return products(answered(evaluate, "prompts", 128) * size.weights, 20_000)
    case "calibrate":
      let calibrate = recipe.section("calibrate")
      // Texts of the whole model, of each policy on the way to the promise, and samples.
      return products(4 * answered(calibrate, "prompts", 64) * size.weights, bytes)
    case "verify":
      let verify = recipe.section("verify")
      let held = answered(
        verify, "held_out", recipe.section("calibrate").integer("max_tokens") ?? 64)
      let own = Double(24 * (verify.integer("max_tokens") ?? 64))
      return products(3 * (own + held) * size.weights, 20_000)
    default:
      return StageEffort(
        work: Double(bytes), isProducts: false, bytes: bytes, mappedBytes: bytes,
        anonymousBytes: Self.overhead)
    }
  }

  private func products(_ work: Double, _ bytes: Int, peak: Int = 0) -> StageEffort {
    StageEffort(
      work: work, isProducts: true, bytes: bytes, mappedBytes: files.size.bytes,
      anonymousBytes: Self.overhead + peak)
  }

  private func captured(_ size: BuildFiles.Size) -> StageEffort {
    let tokens = capturedTokens
    let perToken = 2 * size.hidden * recipe.section("exits").list("at").count + 32 * 6
    return products(tokens * size.weights, Int(tokens) * perToken)
  }

  /// Weights of all tails.
  private func tailWeights(_ size: BuildFiles.Size) -> Double {
    let placement = recipe.placement
    let blocks = placement.bodies.reduce(0) { $0 + $1.tailBlocks }
    let each = placement.bodies.count == 1 ? placement.depths.count : 1
    return Double(blocks * each) * size.blockWeights
  }

  /// Tokens of the capture, prompts taken to be short.
  private var capturedTokens: Double {
    let train = recipe.section("train")
    let new = train.integer("self_generate") ?? (train["self_prompt"] == nil ? 0 : 128)
    let own = Double((train.integer("self_prompt") ?? 0) * (new + 96))
    let texts = train.list("data").compactMap(\.scalar).reduce(0.0) {
      $0 + Double((try? MappedFile.size(of: recipe.path($1))) ?? 0) / 4
    }
    return own + texts + prompted(train.list("prompts"), new)
  }

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
    sources.reduce(0) { sum, source in
      let lines = files.lines(recipe.path(source.text("file") ?? ""))
      return sum + Double(min(lines, source.integer("count") ?? lines) * (new + 40))
    }
  }
}
