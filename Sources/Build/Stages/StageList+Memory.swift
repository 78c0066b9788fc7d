import CleaveModel

/// Memory of stages beyond the files that they map, and beyond what the process has before them.
extension StageList {
  /// Rows whose logits a stage has together.
  private static let logitRows = 32
  /// Bytes of buffers, tables and code that is written to.
  private static let buffers = 2e6
  /// Bytes for a token of an answer of what a calibration records of it.
  private static let recordedBytes = 2000.0
  /// Bytes for a token of the vocabulary while a tokenizer is compiled.
  private static let tokenizerBytes = 1000.0

  /// The most bytes of a stage.
  func memory(of stage: String) -> Int {
    guard let model = files.model?.configuration else { return 0 }
    let train = recipe.section("train")
    let need: Double
    switch stage {
    case "import": need = Double(model.vocabularySize) * Self.tokenizerBytes
    case "quantize": need = 100e6
    case "train":
      need = 20 * tailWeights + Double(train.integer("batch_tokens") ?? 1024) * 500_000
    default: need = answers(of: stage, model)
    }
    return Int(min(need + Self.buffers, 1e15))
  }

  /// What the texts that a stage runs side by side keep, and the logits after some of their tokens.
  private func answers(of stage: String, _ model: ModelConfiguration) -> Double {
    let (train, calibrate) = (recipe.section("train"), recipe.section("calibrate"))
    let evaluate = recipe.section("evaluate")
    let answer = evaluate.integer("max_tokens") ?? 128
    let texts: Double
    switch stage {
    case "quality":
      // The source keeps keys and values in float32.
      texts = 3 * keys(model, texts: 1, tokens: recipe.qualitySettings.windowLength)
    case "capture":
      let prompts = (train.integer("self_prompt") ?? 0) + count(train.list("prompts"))
      // One text in two is ready and waits for an earlier one.
      texts = keys(
        model, texts: prompts, tokens: generatedTokens + Self.promptTokens,
        states: 1.5 * Double(capturedBytesPerToken))
    case "evaluate": texts = keys(model, texts: 1, tokens: answer + Self.promptTokens)
    case "evaluate, feedback":
      texts = keys(
        model, texts: count(evaluate.list("prompts")), tokens: answer + Self.promptTokens,
        tails: tailBlocks, states: exchanged(model))
    case "calibrate": texts = judged(calibrate.list("prompts"), model)
    case "verify":
      let verify = recipe.section("verify")
      // Each of its own prompts goes through the bundles and through the model.
      texts =
        judged(verify.list("held_out"), model)
        + 2
        * keys(
          model, texts: 1, tokens: (verify.integer("max_tokens") ?? 64) + Self.promptTokens,
          tails: tailBlocks)
    default: return 0
    }
    // Quality has those of both models, and what they become.
    let logits = (stage == "quality" ? 4 : 1) * Self.logitRows * model.vocabularySize
    return texts + Double(logits * MemoryLayout<Float>.size)
  }

  /// What prompts keep that the promise is made or measured on: those that run side by side, and what exits and model
  /// said of all.
  private func judged(_ sources: [RecipeNode], _ model: ModelConfiguration) -> Double {
    let prompts = count(sources)
    guard prompts > 0 else { return 0 }
    return keys(
      model, texts: prompts, tokens: heldOutTokens + Self.promptTokens, tails: tailBlocks,
      states: exchanged(model))
      + Double(prompts) * Double(heldOutTokens) * Self.recordedBytes
  }

  /// Bytes for a token of the hidden states that edge and cloud send one another.
  private func exchanged(_ model: ModelConfiguration) -> Double {
    Double(2 * model.hiddenSize * MemoryLayout<Float>.size)
  }

  /// What texts side by side keep: keys and values in float16, and the states of blocks that have one.
  ///
  /// - Parameters:
  ///   - tails: blocks beside the model's own.
  ///   - states: bytes for a token of hidden states that are kept.
  private func keys(
    _ model: ModelConfiguration, texts: Int, tokens: Int, tails: Int = 0, states: Double = 0
  ) -> Double {
    let all = model.kvBytes((0..<model.blockCount).map(model.attention(ofBlock:)))
    let perToken = Double(all.perToken + all.perTokenInWindow) / 2
    let one =
      perToken * Double(tokens) * (1 + Double(tails) / Double(model.blockCount))
      + Double(all.fixed)
    let side = ModelConfiguration.textsSideBySide(bytes: Int(min(one, 1e15)))
    return Double(min(max(1, texts), side)) * (one + states * Double(tokens))
  }
}
