import CleaveModel

/// The check that all files have the bytes that their manifests say, and that none is missing from its manifest.
struct HashCheck {
  /// The artifacts, each with its name in the report.
  let artifacts: [(name: String, artifact: Artifact)]

  /// - Parameter progress: called with the bytes read and in total.
  func run(progress: (_ done: Int, _ total: Int) -> Void) throws -> VerificationReport.Check {
    let total = artifacts.reduce(0) { $0 + $1.artifact.manifest.totalBytes }
    var done = 0
    var damaged: [String] = []
    for (name, artifact) in artifacts {
      damaged += try artifact.damagedFiles {
        done += $0
        progress(done, total)
      }.map { "\(name): \($0) has changed since it was written" }
      damaged += try artifact.strayEntries().map { "\(name): \($0) is not in the manifest" }
    }
    let files = artifacts.reduce(0) { $0 + $1.artifact.manifest.files.count }
    return .init(
      name: "hashes", passed: damaged.isEmpty,
      detail: damaged.isEmpty
        ? "\(files) files have the bytes their manifests say" : damaged.joined(separator: "; "))
  }
}
