import CleaveExits
import CleaveModel
import CleaveRuntime
import CleaveStorage

/// The weights that exits have before the first step of training.
package enum TrainingStart: Equatable, Sendable, CustomStringConvertible {
  /// The weights that `exits add` gives to exits whose tails begin so.
  case initial(TailStart)
  /// The weights that exits have in the artifact, where `exits add` attached them.
  case attached

  /// The start of training these exits on this model.
  ///
  /// - Parameters:
  ///   - exits: the exits to train.
  ///   - tailStart: what was asked for; nil for the default.
  /// - Throws: `InputError` for a model with other exits than these, or with trained ones.
  init(_ exits: [ExitRecord], _ tailStart: TailStart?, _ artifact: Artifact) throws {
    let attached = artifact.manifest.exits
    guard !attached.isEmpty else {
      self = .initial(tailStart ?? .last)
      return
    }
    guard !attached.contains(where: \.trained) else {
      throw InputError(
        file: artifact.path, location: "exits", found: "\(attached.count) of them already",
        expected: "a model without exits, or with untrained ones",
        advice: "Train on the model they were added to.")
    }
    guard attached.map(\.placement) == exits.map(\.placement) else {
      func list(_ exits: [ExitRecord]) -> String {
        exits.map { "\($0.depth)=\($0.body)" }.joined(separator: ",")
      }
      throw InputError(
        file: artifact.path, location: "exits", found: "\(attached.count) of them already",
        expected: "a model without exits, or with the exits to train, \(list(exits)), untrained",
        advice: "It has \(list(attached)).")
    }
    guard tailStart == nil else {
      throw InputError(
        file: artifact.path, location: "exits", found: "tails that have begun already",
        expected: "no --init: training goes on from the exits that the model has")
    }
    self = .attached
  }

  /// The records of the exits with what follows from the blocks that their tails begin as.
  ///
  /// - Parameter feedback: whether the first exit gets hidden states back from the cloud; attached exits say so
  ///   themselves.
  /// - Throws: `InputError` for feedback that the first exit cannot have, or that it was attached without.
  func records(
    _ exits: [ExitRecord], feedback: Bool, _ artifact: Artifact
  ) throws -> [ExitRecord] {
    switch self {
    case .initial(let tailStart):
      return try ExitInitialization(exits, tailStart, artifact).records(feedback: feedback)
    case .attached:
      let attached = artifact.manifest.exits
      guard !feedback || attached.first?.feedback != nil else {
        throw InputError(
          file: artifact.path, location: "exits", found: "exits attached without feedback",
          expected: "a first exit with feedback", advice: "Attach them with --feedback.")
      }
      return zip(exits, attached).map { exit, attached in
        var exit = exit
        (exit.tailLike, exit.copies) = (attached.tailLike, attached.copies)
        exit.feedback = attached.feedback
        return exit
      }
    }
  }

  /// A weight of an exit as it is before training, to be written in the type that it has there.
  func source(
    of weight: ExitWeight, in exit: ExitRecord, _ artifact: Artifact, _ exits: [ExitRecord]
  ) throws -> WeightSource {
    let name = exit.name(of: weight)
    switch self {
    case .initial(let tailStart):
      return try ExitInitialization(exits, tailStart, artifact).value(of: weight, in: exit)
        .source(name: name)
    case .attached:
      guard let tensor = try artifact.tensors(in: exit.path)[name] else {
        throw Self.missing(weight, in: exit, artifact)
      }
      return WeightSource(tensor, name: name)
    }
  }

  package var description: String {
    switch self {
    case .initial(let tailStart): tailStart.description
    case .attached: "attached"
    }
  }

  fileprivate static func missing(
    _ weight: ExitWeight, in exit: ExitRecord, _ artifact: Artifact
  ) -> InputError {
    InputError(
      file: "\(artifact.path)/\(exit.path)", location: exit.name(of: weight),
      found: "no such tensor",
      expected: "one of shape \(weight.shape(in: artifact.manifest.configuration))",
      advice: "The artifact is damaged: attach the exits again.")
  }

  /// Everything about the start that the results of training depend on.
  func identity(_ exits: [ExitRecord], _ artifact: Artifact) -> String {
    guard self == .attached else { return description }
    return exits.reduce(description) { text, exit in
      "\(text) \(artifact.manifest.file(exit.path)?.digest.sha256 ?? "")"
    }
  }
}

extension ExitRecord {
  /// Where the exit stands and what it consists of, as text.
  fileprivate var placement: String { "\(depth) \(reads) \(body)" }
}

extension Parameters {
  /// Sets every parameter of these exits to its value before training.
  ///
  /// - Throws: `InputError` when the model lacks a tensor, or the exits in it have other ones.
  package func set(
    _ exits: [ExitRecord], to start: TrainingStart, from artifact: Artifact
  ) throws {
    let configuration = artifact.manifest.configuration
    switch start {
    case .initial(let tailStart):
      let initial = try ExitInitialization(exits, tailStart, artifact)
      for exit in exits {
        for weight in exit.weights(in: configuration) {
          set(exit.name(of: weight), try initial.value(of: weight, in: exit).values)
        }
      }
    case .attached:
      for exit in exits {
        let tensors = try artifact.tensors(in: exit.path)
        for weight in exit.weights(in: configuration) {
          let name = exit.name(of: weight)
          guard let tensor = tensors[name] else {
            throw TrainingStart.missing(weight, in: exit, artifact)
          }
          set(name, tensor.floats())
        }
      }
    }
  }
}

extension InitialWeight {
  /// All values in float32, in order.
  fileprivate var values: [Float] {
    if case .copy(let tensor) = self { tensor.floats() } else { generatedValues ?? [] }
  }
}
