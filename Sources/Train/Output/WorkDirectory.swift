import CleaveModel
import CleaveStorage
import Glibc

/// Where training keeps what it goes on from, and what it tells: capture, checkpoint, log, curve.
struct WorkDirectory {
  let path: String

  private static let (log, curve) = ("log.jsonl", "curve.svg")
  private static let own = ["capture", "checkpoint.safetensors", log, curve]

  /// Makes it when it is not there.
  ///
  /// - Throws: `InputError` for a directory that is, holds or lies in the model or the target, and for one
  ///   that holds anything but a training's files.
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
    // What a killed training was about to put into place: a checkpoint is large. A capture sees to its
    // own.
    for entry in try FileSystem.entries(of: path)
    where Self.isLeftover(entry) && !entry.hasPrefix(".capture") {
      unlink("\(path)/\(entry)")
    }
  }

  private static func isLeftover(_ entry: String) -> Bool {
    own.contains { StagedOutput.isStagingName(entry, of: $0) }
  }

  /// Log and curve, replaced as wholes.
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
