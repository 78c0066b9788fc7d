import CleaveModel
import CleaveStorage
import CleaveTrain

/// The stages of training: what exits learn from is captured once, however often they are trained.
extension StageList {
  func captureStage() throws -> BuildStage {
    let (recipe, plain) = (recipe, plain)
    let keys = [
      "data", "prompts", "exclude", "self_prompt", "self_generate", "sampled_share", "turns",
      "longest", "held_out_one_in", "capture_limit", "teacher_tokens",
    ]
    var settings = JSONObject([
      ("train", try options("train", RecipeDescription.train).keeping(keys)),
      // Depths that are captured follow from where exits stand, and what they are made of.
      (
        "exits",
        try options("exits", RecipeDescription.exits)
          .keeping(["at", "body", "replace", "feedback", "init"])
      ),
    ])
    // Said only where it is so: captures of recipes that came before stay in the cache.
    if recipe.capturesLastStates { settings["last_states"] = true }
    return BuildStage(name: "capture", options: .object(settings), reads: [plain]) { run in
      try FileSystem.createDirectory(run.output)
      var job = try recipe.training(
        source: run.artifact(plain), target: "", directory: run.output, store: nil)
      job.threads = run.threads
      job.onCapture = {
        if case .progress(let stage, let done, let total, _) = $0 {
          run.progress(stage.rawValue, done, total, .items("texts"))
        }
      }
      let times = try job.captureAlone()
      return StageOutcome(facts: ["tokens": .integer(Int64(times?.tokens ?? 0))])
    }
  }

  func trainStage() throws -> BuildStage {
    let (recipe, plain) = (recipe, plain)
    let options: JSON = [
      "train": try options("train", RecipeDescription.train),
      "exits": try options("exits", RecipeDescription.exits),
      "threads": .integer(Int64(recipe.trainingThreads)),
      "precision": .string(recipe.trainingSettings.precision.rawValue),
    ]
    var stage = BuildStage(name: "train", options: options, reads: [plain, "capture"]) { run in
      try FileSystem.createDirectory(run.output)
      let work = "\(run.directory)/train"
      var job = try recipe.training(
        source: run.artifact(plain), target: "\(run.output)/\(BuildNames.artifact)",
        directory: work, store: "\(run.inputs["capture"] ?? "")/capture")
      job.threads = recipe.trainingThreads
      job.force = true
      job.shouldStop = run.shouldStop
      job.onReport = { run.progress("train", $0.step, $0.steps, .items("steps")) }
      let result = try job.run()
      guard let manifest = result.manifest else { throw BuildStopped() }
      let curve = "\(run.output)/\(BuildNames.curve)"
      try FileSystem.removeTree(curve)
      try FileSystem.link("\(work)/\(BuildNames.curve)", to: curve)
      return StageOutcome(facts: result.facts(manifest))
    }
    if recipe.trainingSettings.timeBudget != nil {
      stage.isUnsteady = "train.time_budget: the number of steps follows the machine's speed"
    }
    return stage
  }
}

extension ExitTraining.Result {
  fileprivate func facts(_ manifest: Manifest) -> JSON {
    guard case .object(var facts) = manifest.facts else { return .null }
    facts["steps"] = .integer(Int64(history.last?.step ?? 0))
    // Not a file of the output: it says how long each part took.
    facts["history"] = .array(history.map(\.json))
    facts["scores"] = .array(
      zip(manifest.exits, scores).map { exit, score in
        [
          "depth": .integer(Int64(exit.depth)), "agreement": .real(score.agreement),
          "coverage_95": .real(score.coverage95),
        ]
      })
    return .object(facts)
  }
}

extension JSON {
  /// The object with these members alone.
  fileprivate func keeping(_ names: [String]) -> JSON {
    guard case .object(let object) = self else { return self }
    return .object(JSONObject(object.members.filter { names.contains($0.name) }))
  }
}
