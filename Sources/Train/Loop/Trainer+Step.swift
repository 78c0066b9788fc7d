import CleaveKernels
import CleaveStorage

extension Trainer {
  /// One step of the optimizer.
  ///
  /// - Returns: the mean loss of each exit.
  /// - Throws: `InputError` when the loss or the gradient is no longer finite. Nothing is changed then.
  package func trainStep() throws -> [Double] {
    var losses = [Double](repeating: 0, count: exits.count)
    for _ in 0..<settings.accumulation {
      let part = try trainBatch(order.next(&state.dataPosition))
      for index in losses.indices { losses[index] += part[index] / Double(settings.accumulation) }
    }
    let norm = optimizer.gradientNorm(network.parameters, network.work.workers)
    // Checked before anything is changed or saved.
    guard norm.isFinite, losses.allSatisfy(\.isFinite) else {
      throw InputError(
        file: snapshot.path, location: "step \(state.step + 1)",
        found: "a loss of \(losses) with a gradient of norm \(norm)",
        expected: "a finite loss and gradient",
        advice: "Lower --rate, and remove the training snapshot to start afresh.")
    }
    optimizer.step(
      network.parameters, step: state.step, rate: schedule.rate(at: state.step), norm: norm,
      network.work.workers)
    state.step += 1
    return losses
  }

  private func trainBatch(_ texts: [Int]) throws -> [Double] {
    let whole = try reader.read(texts, promptWeight: settings.loss.promptWeight)
    state.tokens += whole.layout.rows
    var places = CounterRandom(
      seed: settings.seed, 3, UInt64(state.dataPosition.epoch), UInt64(state.dataPosition.batch))
    var returned = whole.returned(settings.feedback, &places)
    // Exits of other chains get nothing back, and learn from all rows.
    let batch = network.depths.count == 1 ? whole.droppingBeginnings(&returned) : whole
    guard !batch.rows.isEmpty else { return exits.map { _ in 0 } }
    network.begin(batch.layout)
    let normed = network.forward(batch.states, returned: returned, rows: batch.rows)
    var random = CounterRandom(
      seed: settings.seed, 2, UInt64(state.dataPosition.epoch), UInt64(state.dataPosition.batch))
    let candidates = candidates(batch.teacher, &random)
    let weight = batch.teacher.weights.reduce(0, +)
    let parts = gradients.map { $0.rows(0..<batch.rows.count) }
    batch.last.map { stateLoss?.begin($0, rows: batch.rows) }
    let losses = normed.enumerated().map { exit, normed -> Double in
      let scale = Float(settings.weight(ofExit: exit)) / (weight * Float(settings.accumulation))
      let results = loss(normed, batch.teacher, candidates, scale: scale, gradient: parts[exit])
      if let stateLoss {
        let losses = stateLoss(
          normed, weights: batch.teacher.weights, scale: scale, addingTo: parts[exit])
        state.stateSums[exit].add(losses, batch.teacher.weights)
      }
      return note(results, batch.teacher.weights, exit)
    }
    network.backward(parts)
    return losses
  }

  private func candidates(
    _ teacher: TeacherTargets, _ random: inout CounterRandom
  ) -> CandidateSet {
    let negatives = settings.loss.negatives
    guard let exitTokens else {
      return CandidateSet(
        teacher, vocabulary: network.configuration.vocabularySize, negatives: negatives, &random)
    }
    return CandidateSet(teacher, of: exitTokens, negatives: negatives, &random)
  }

  /// Adds the losses of an exit to its sums for the log.
  ///
  /// - Returns: their weighted mean.
  private func note(_ results: [ck_distilled], _ weights: [Float], _ exit: Int) -> Double {
    var sum = LossSum()
    sum.add(results.map(\.loss), weights)
    state.sums[exit].loss += sum.loss
    state.sums[exit].weight += sum.weight
    return sum.loss / sum.weight
  }
}
