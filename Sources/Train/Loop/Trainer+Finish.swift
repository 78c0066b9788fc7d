import CleaveModel

extension Trainer {
  /// What the checkpoint of this run is known by.
  var identity: String { checkpoint.identity }

  /// Takes the best parameters as they will be stored, and fits each exit's temperature on the held-out
  /// texts.
  ///
  /// - Returns: their scores, confidences at temperature 1.
  func finish(_ output: TrainedArtifact) throws -> [HeldOutScore] {
    network.parameters.values.copy(from: best)
    try output.round(exits, network.parameters)
    temperatures = try evaluator.temperatures()
    return try evaluator.scores()
  }

  /// The exits as they ship.
  var finishedExits: [ExitRecord] {
    zip(exits, temperatures).map { exit, temperature in
      var exit = exit
      exit.temperature = temperature
      exit.trained = true
      exit.calibrated = false
      return exit
    }
  }
}

extension CaptureStore {
  /// Which contents were trained on, and which held out.
  var dataRecord: TrainingDataRecord {
    func digests(_ split: Split) -> [String] {
      sequences.filter { $0.split == split }.map(\.digest.sha256)
    }
    return TrainingDataRecord(trained: digests(.train), heldOut: digests(.heldOut))
  }
}
