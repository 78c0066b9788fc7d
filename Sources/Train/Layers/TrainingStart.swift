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

  package var description: String {
    switch self {
    case .initial(let tailStart): tailStart.rawValue
    case .attached: "attached"
    }
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
            throw InputError(
              file: "\(artifact.path)/\(exit.path)", location: name, found: "no such tensor",
              expected: "one of shape \(weight.shape(in: configuration))",
              advice: "The artifact is damaged: attach the exits again.")
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
