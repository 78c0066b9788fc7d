import CleaveModel
import CleaveProvenance
import CleaveReport
import CleaveStorage

/// The output directory of a build, which is put in place as a whole.
package struct BuildOutput {
  private let staged: StagedOutput
  private let path: String

  /// Checks the target before any stage runs. The output of an earlier build is replaced; nothing else is.
  ///
  /// - Throws: `InputError` for a target that holds anything else.
  package init(_ path: String, sources: [String]) throws {
    self.path = path
    let format = OutputFormat(
      .directory, closed: .artifacts, objection: Self.objection, isLeftover: Self.isLeftover)
    staged = try StagedOutput(path, sources: sources, format: format, force: true)
  }

  /// Writes everything and puts it in place.
  ///
  /// - Parameters:
  ///   - lock: where the lock is written; nil leaves it as it is, and so does a build that is not complete.
  ///   - release: what documents say of who built, and when.
  package func write(_ result: BuildResult, lock: String?, release: BuildRelease = .init()) throws {
    for file in result.files {
      try prepare(FileSystem.parent(of: file.path))
      try FileSystem.link(file.source, to: "\(staged.path)/\(file.path)")
    }
    let calibration = try self.calibration(of: result)
    if let calibration { try write(calibration.html, to: BuildLayout.report) }
    try writeDocuments(result, release)
    for (name, text) in [
      (BuildLayout.record, result.json.text() + "\n"), (BuildLayout.tests, result.junit),
      (BuildLayout.summary, try result.summary),
      (BuildLayout.page, try result.page(calibration).html),
    ] { try write(text, to: name) }
    try staged.publish()
    guard let lock, result.isComplete else { return }
    try StagedOutput.writeFile(
      lock, sources: [], format: .file(closed: .artifacts, replaces: Self.isLock), force: true
    ) { try $0.write(Array((BuildLock.json(of: result).text() + "\n").utf8)) }
  }

  /// Makes a directory inside of the output, with those above it.
  private func prepare(_ directory: String) throws {
    var path = ""
    for part in directory.split(separator: "/") where part != "." {
      path += path.isEmpty ? "\(part)" : "/\(part)"
      _ = try staged.preparedPath(of: "\(path)/x")
    }
  }

  /// Writes the documents of each bundle beside its files.
  private func writeDocuments(_ result: BuildResult, _ release: BuildRelease) throws {
    var account = try result.account()
    (account.builder, account.date) = (release.builder, release.date)
    for name in BuildLayout.bundles where FileSystem.exists("\(staged.path)/\(name)") {
      let bundle = try Artifact(opening: "\(staged.path)/\(name)")
      let documents = BundleDocuments(bundle.manifest, try bundle.manifestDigest(), account)
      for document in documents.files {
        var sink = try staged.create("\(name)/\(document.name)")
        try sink.write(document.bytes)
        _ = try sink.finish(isSealed: false)
      }
    }
  }

  /// The report of what was calibrated; nil where nothing was.
  private func calibration(of result: BuildResult) throws -> Report? {
    guard result.recipe.has("calibrate"),
      let stage = result.stages.first(where: { $0.name == "partition" })
    else { return nil }
    let edge = "\(result.cache.outputPath(stage.entry.key))/edge"
    return try Report(try Artifact(opening: edge))
  }

  private func write(_ text: String, to name: String) throws {
    var sink = try staged.create(name)
    try sink.write(Array(text.utf8))
    _ = try sink.finish(isSealed: false)
  }

  @Sendable private static func objection(_ path: String) throws -> OutputFormat.Objection? {
    guard isBuild(path) else {
      return .init(
        found: "something that is no build's output",
        expected: "a new name, or the output of a build",
        advice: "Choose another with --output.")
    }
    guard
      let stray = try FileSystem.entries(of: path).first(where: {
        !BuildLayout.entries.contains($0)
      })
    else { return nil }
    return .init(
      location: stray, found: "a file that no build writes", expected: "a build's files only",
      advice: "It would be removed with the old output: move it away first.")
  }

  private static func isBuild(_ path: String) -> Bool {
    let record = try? FileSystem.readJSON("\(path)/\(BuildLayout.record)", limit: BuildLock.largest)
    return (try? record?.required("schema").string()) == BuildResult.schema
  }

  @Sendable private static func isLock(_ path: String) -> Bool {
    let lock = try? FileSystem.readJSON(path, limit: BuildLock.largest)
    return (try? lock?.required("schema").string()) == BuildLock.schema
  }

  @Sendable private static func isLeftover(_ path: String) -> Bool {
    (try? FileSystem.entries(of: path))?.allSatisfy(BuildLayout.entries.contains) == true
  }
}
