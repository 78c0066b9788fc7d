import CleaveCalibrate
import CleaveEvaluate
import CleaveModel
import CleavePartition
import CleaveStorage

/// The stages that measure, promise, cut and verify.
extension StageList {
  /// Measures the model that gets exits beside its source, before anything is trained.
  func qualityStage() throws -> BuildStage {
    let (recipe, plain) = (recipe, plain)
    return BuildStage(
      name: "quality", options: try options("quality", RecipeDescription.quality),
      reads: plain == "import" ? ["import"] : ["import", plain]
    ) { run in
      let quality = recipe.section("quality")
      var settings = recipe.qualitySettings
      settings.threads = run.threads
      var evaluation = try Evaluation(
        model: try Artifact(opening: run.artifact(plain)),
        reference: try Artifact(opening: run.artifact("import")),
        data: recipe.path(quality.text("text") ?? ""), settings: settings)
      evaluation.progress = { run.progress("quality", $0, $1, .items("tokens")) }
      return StageOutcome(facts: try await evaluation.run().json)
    }
  }

  func evaluateStages() throws -> [BuildStage] {
    let (recipe, exits) = (recipe, exits)
    return try recipe.evaluatedPlaces.map { places in
      let options: JSON = [
        "evaluate": try options("evaluate", RecipeDescription.evaluate),
        "feedback": .string("\(places)"),
      ]
      let name = places == .none ? "evaluate" : "evaluate, feedback"
      return BuildStage(name: name, options: options, reads: [exits]) { run in
        var settings = try recipe.evaluationSettings(places)
        settings.threads = run.threads
        var evaluation = try ExitEvaluation(
          model: try Artifact(opening: run.artifact(exits)), settings: settings)
        evaluation.progress = { run.progress("evaluate", $0, $1, .items("prompts")) }
        let report = evaluation.report(of: try await evaluation.judge())
        return StageOutcome(facts: report.json)
      }
    }
  }

  func calibrateStage() throws -> BuildStage {
    let (recipe, exits) = (recipe, exits)
    return BuildStage(
      name: "calibrate", options: try options("calibrate", RecipeDescription.calibrate),
      reads: [exits]
    ) { run in
      try FileSystem.createDirectory(run.output)
      let target = try CalibratedArtifact(
        source: run.artifact(exits), target: "\(run.output)/\(BuildNames.artifact)", sources: [],
        force: true)
      var settings = try recipe.calibrationSettings()
      settings.threads = run.threads
      let recordings = try run.cache.recordings(of: run.digests[exits] ?? "")
      // A calibration of another promise, in another build, records there too; a prune would remove it.
      let lock = try await run.lock(recordings)
      defer { withExtendedLifetime(lock) {} }
      var calibration = try Calibration(
        run.artifact(exits), cloud: nil, settings: settings,
        work: recordings)
      calibration.progress = { run.progress($0, $1, $2, .items("prompts")) }
      let result = try await calibration.run()
      let manifest = try target.write(result, settings: settings.recorded)
      return StageOutcome(facts: manifest.facts, checks: Self.promises(result.record))
    }
  }

  private static func promises(_ record: CalibrationRecord) -> [BuildCheck] {
    [("promise", record.collaborative), ("promise, edge alone", record.standalone)].compactMap {
      name, mode in
      mode.promise.map {
        BuildCheck(
          name: name, passed: $0.passed,
          detail: $0.passed
            ? "expected \(record.loss) at most \($0.risk)"
            : "no thresholds keep \(record.loss) at most \($0.risk): the exits are switched off")
      }
    }
  }

  func partitionStage() throws -> BuildStage {
    let (recipe, final) = (recipe, final)
    return BuildStage(
      name: "partition", options: try options("partition", RecipeDescription.partition),
      reads: [final]
    ) { run in
      try FileSystem.createDirectory(run.output)
      var partitioner = Partitioner(
        source: run.artifact(final), edge: "\(run.output)/edge", cloud: "\(run.output)/cloud")
      partitioner.force = true
      partitioner.cloudTakesTokens = recipe.section("partition").text("cloud_blocks") == "all"
      let (edge, cloud, _) = try partitioner.run()
      return StageOutcome(facts: ["edge": edge.facts, "cloud": cloud.facts])
    }
  }

  func verifyStage() throws -> BuildStage {
    let (recipe, final) = (recipe, final)
    return BuildStage(
      name: "verify", options: try options("verify", RecipeDescription.verify),
      reads: [final, "partition"]
    ) { run in
      var settings = try recipe.verificationSettings()
      settings.threads = run.threads
      let bundles = run.inputs["partition"] ?? ""
      let report = try await Verification(
        edge: try Artifact(opening: "\(bundles)/edge"),
        cloud: try Artifact(opening: "\(bundles)/cloud"),
        model: try Artifact(opening: run.artifact(final)), settings: settings,
        progress: { run.progress($0, $1, $2, $0 == "hashes" ? .bytes : .items("prompts")) }
      ).run()
      let checks = report.checks.map {
        BuildCheck(name: $0.name, passed: $0.passed, detail: $0.detail)
      }
      return StageOutcome(facts: report.json, checks: checks)
    }
  }
}

extension CalibrationSettings {
  /// The settings as the provenance records them.
  fileprivate var recorded: [(name: String, value: String)] {
    [
      ("risk", "\(risk)"), ("delta", "\(delta)"), ("loss", loss.recorded),
      ("standalone_risk", standaloneRisk.map { "\($0)" } ?? "measured"),
      ("max_tokens", "\(maxTokens)"), ("max_prompt_tokens", "\(longestPrompt)"),
      ("seed", "\(seed)"),
    ]
  }
}
