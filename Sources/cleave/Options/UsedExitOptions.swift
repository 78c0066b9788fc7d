import ArgumentParser
import CleaveModel
import CleaveStorage

/// Options of how much of an edge bundle is used.
struct UsedExitOptions: ParsableArguments {
  @Option(
    name: .customLong("exits"),
    help: ArgumentHelp(
      "Use the edge bundle up to the exit at this depth; what only deeper exits need may be missing.",
      discussion: "`cleave inspect` shows what each exit takes.", valueName: "depth"))
  var lastExit: Int?

  @Option(
    name: .customLong("for"),
    help: ArgumentHelp(
      """
      Use the edge bundle up to the deepest exit with which it fits into the memory of the device of this \
      profile, as cleave profile writes one.
      """, valueName: "file"))
  var device: String?

  func validate() throws {
    guard lastExit == nil || device == nil else {
      throw ValidationError("--exits and --for both choose the last exit: expected one of them")
    }
  }

  /// Opens an artifact, or an edge bundle as far as it is used, and says what is left out.
  ///
  /// - Parameter positions: of a session, at most; more than the context count as the context.
  func open(_ path: String, positions: Int) throws -> Artifact {
    let artifact = try Artifact(opening: path, upToExit: try depth(path, positions))
    if !artifact.missing.isEmpty {
      printError("cleave: not there, and not needed: \(artifact.missing.joined(separator: ", "))")
    }
    return artifact
  }

  private func depth(_ path: String, _ positions: Int) throws -> Int? {
    guard let device else { return lastExit }
    let profile = try DeviceProfile(path: device)
    let manifest = try Artifact.manifest(of: path)
    let (depth, bytes) = try manifest.deepestExit(
      on: profile, positions: min(positions, manifest.configuration.contextLength), file: path)
    printError(
      "cleave: for \(profile.name) up to exit \(depth) of"
        + " \(manifest.exits.map { "\($0.depth)" }.joined(separator: ", ")): at most"
        + " \(bytes.formattedBytes) of \(profile.memoryBytes.formattedBytes)")
    return depth
  }
}
