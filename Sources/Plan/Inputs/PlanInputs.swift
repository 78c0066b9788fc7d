import CleaveModel
import CleaveStorage

/// The models of a plan, each with the traces that were recorded of it.
package struct PlanInputs {
  package struct Model {
    package let artifact: Artifact
    package let name: String
    package let traces: [(file: String, trace: ExitTrace)]
  }

  package let models: [Model]

  /// - Throws: `InputError` for files that are no models or traces; with several models also for a trace of none of them,
  ///   and for a model without one.
  package init(models paths: [String], traces files: [String]) throws {
    let artifacts = try paths.map { try Artifact(opening: $0) }
    let traces = try files.map { (file: $0, trace: try ExitTrace(path: $0)) }
    let names = Self.names(paths)
    guard paths.count > 1 else {
      models = [Model(artifact: artifacts[0], name: names[0], traces: traces)]
      return
    }
    for (file, trace) in traces where !artifacts.contains(where: { trace.isOf($0.manifest) }) {
      throw InputError(
        file: file, location: "model_id, exits", found: trace.modelID,
        expected: "a trace of one of the models, with its exits as they are now",
        advice: "Record a trace of each: cleave exits eval MODEL --record FILE.")
    }
    models = try artifacts.indices.map { index in
      let own = traces.filter { $0.trace.isOf(artifacts[index].manifest) }
      guard !own.isEmpty else {
        throw InputError(
          file: paths[index], location: "--trace", found: "no trace of this model",
          expected: "at least one for each model",
          advice: "Record it: cleave exits eval MODEL --record FILE.")
      }
      return Model(artifact: artifacts[index], name: names[index], traces: own)
    }
  }

  package var names: String { models.map(\.name).joined(separator: ", ") }

  /// The last parts of the paths, or the paths where these are equal.
  private static func names(_ paths: [String]) -> [String] {
    let names = paths.map(FileSystem.name)
    return Set(names).count == names.count ? names : paths
  }
}
