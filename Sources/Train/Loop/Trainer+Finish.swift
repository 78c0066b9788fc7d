import CleaveModel

extension Trainer {
  /// The identity that the snapshot of this run carries.
  var identity: String { snapshot.identity }

  /// Rounds the best parameters as they will be stored, and fits each exit's temperature on the held-out
  /// texts.
  ///
  /// - Returns: the scores of the rounded exits, with confidences at temperature 1: where nothing comes back, and
  ///   where the cloud is asked about some of the tokens, which is empty where no exit has feedback.
  func finish(
    _ output: TrainedArtifact
  ) throws -> (alone: [HeldOutScore], returned: [HeldOutScore]) {
    network.parameters.values.copy(from: best)
    try output.round(exits, network.parameters)
    temperatures = try evaluator.temperatures()
    return (try evaluator.scores(), try evaluator.scores(askRate: Evaluator.askRate))
  }

  /// The records of the trained exits.
  var finishedExits: [ExitRecord] {
    zip(exits, temperatures).map { $0.finished(temperature: $1) }
  }
}

extension ExitRecord {
  /// The record of the exit after it has learnt, with a temperature that was fitted.
  func finished(temperature: Double) -> ExitRecord {
    var exit = self
    exit.temperature = temperature
    exit.trained = true
    exit.calibrated = false
    return exit
  }
}

extension CaptureStore {
  /// The record of the contents that were trained on and held out.
  var dataRecord: TrainingDataRecord {
    func digests(_ split: Split) -> [String] {
      sequences.filter { $0.split == split }.map(\.digest.sha256)
    }
    return TrainingDataRecord(trained: digests(.train), heldOut: digests(.heldOut))
  }
}
