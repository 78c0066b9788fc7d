import CleaveModel
import CleaveStorage
import Glibc

/// The work directory of a training: capture, snapshot, log and learning curve.
struct WorkDirectory {
  let path: String

  private static let (log, curve) = ("log.jsonl", "curve.svg")
  private static let own = ["capture", "checkpoint.safetensors", log, curve]

  /// Opens the directory, making it where there is none.
  ///
  /// - Parameter others: the model and the target, which it must not overlap.
  /// - Throws: `InputError` for a directory that overlaps one of them, and for one that holds anything but the
  ///   files of a training.
  init(_ path: String, apartFrom others: [String]) throws {
    self.path = path
    for other in others where FileSystem.overlap(path, other) {
      throw InputError(
        file: path, found: "a work directory that is, holds or lies in \(other)",
        expected: "a directory apart from model and output", advice: "Give another with --work.")
    }
    if FileSystem.exists(path) {
      let entries = try FileSystem.entries(of: path)
      let stray = entries.first { !Self.own.contains($0) && !Self.isLeftover($0) }
      if let stray {
        throw InputError(
          file: path, found: "\"\(stray)\" in it", expected: "a training's directory, or none yet",
          advice: "Give another with --work.")
      }
    }
    try FileSystem.createDirectory(path)
    // A killed training leaves staged files behind, and a snapshot is large. A capture removes its own.
    for entry in try FileSystem.entries(of: path)
    where Self.isLeftover(entry) && !entry.hasPrefix(".capture") {
      unlink("\(path)/\(entry)")
    }
  }

  private static func isLeftover(_ entry: String) -> Bool {
    own.contains { StagedOutput.isStagingName(entry, of: $0) }
  }

  /// Replaces the log and the learning curve.
  func write(_ history: [TrainingRecord], _ exits: [ExitRecord]) throws {
    let lines = history.map { $0.json.text(pretty: false) + "\n" }.joined()
    let curve = LearningCurve(depths: exits.map(\.depth), history: history).svg
    for (name, text) in [(Self.log, lines), (Self.curve, curve)] {
      try StagedOutput.writeFile(
        "\(path)/\(name)", sources: [], format: .file(replaces: { _ in true }), force: true
      ) { try $0.write(Array(text.utf8)) }
    }
  }
}
