import ArgumentParser
import CleaveModel
import CleaveProfile
import CleaveStorage

/// The command `cleave profile`.
struct ProfileCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "profile",
    abstract: "Measure what this machine can do, for predicting the cost of models on it.",
    discussion: """
      Times the engine's products on synthetic matrices of each type, attention and the rest, and notes \
      the memory that a model may use and the power where the system tells it. Nothing else should run \
      meanwhile. specs/profile.md has the format, and how to write one from a data sheet.

      With --check MODEL it reads a profile of this machine, runs the blocks and the head of the model, and \
      prints what the profile predicts beside what was measured.

      With --cloud HOST:PORT it measures a server and the link to it instead: the round trip, what a message and \
      its reply take beyond it, the rates both ways, and the server's time to answer by the positions that a \
      request brings. Nobody else should use either meanwhile. Needs a build with --traits Network.
      """)

  @Argument(help: "With --check, the profile to read.")
  var profile: String?

  @Option(name: .shortAndLong, help: "File to write.")
  var output: String?

  @Option(help: "Model artifact, to be run beside what the profile predicts.")
  var check: String?

  @Option(
    help: "HOST:PORT of a server of a cloud or middle bundle, to be measured with the link to it.")
  var cloud: String?

  @OptionGroup(title: "A cloud at HOST:PORT") var remote: RemoteOptions

  @Option(
    help: """
      Numbers of threads to measure, rising, as in 1,2 (default: 1 and one for each processor that this \
      process may use).
      """)
  var threads: String?

  @Option(help: "Types of weights to measure, as in q8_0,q4_K (default: those that cleave writes).")
  var types: String?

  @Option(help: "Seconds that the measurement may take, roughly.")
  var time = 20.0

  @OptionGroup var outputOptions: OutputOptions
  @OptionGroup var progress: ProgressOptions

  func validate() throws {
    guard time > 0, time <= 3600 else {
      throw ValidationError("--time \(time): expected above 0, up to 3600 seconds")
    }
    try validateCloud()
    guard cloud != nil || ((check == nil) == (profile == nil) && (check == nil) == (output != nil))
    else {
      throw ValidationError(
        "expected -o FILE to measure, --check MODEL and a profile, or --cloud HOST:PORT")
    }
    guard try check == nil || threads == nil || threadCounts().count == 1 else {
      throw ValidationError("--threads: expected one number with --check")
    }
    _ = try settings()
  }

  func run() async throws {
    if let cloud { return try await run(cloud: cloud) }
    if let check, let profile { return try await run(check: check, profile) }
    guard let output else { return }
    let line = ProgressLine("profile", unit: .items("steps"), quiet: progress.quiet)
    defer { line.finish() }
    let result = try DeviceMeasurement(try settings()) { line.show($0, of: $1) }.run()
    line.finish()
    try ProfileFile.write(result.profile.json, to: output, force: outputOptions.force)
    for note in result.notes { printError("note: \(note)") }
    try Terminal.print(
      outputOptions.json ? result.profile.json.text() : "\(output): \(result.profile.text)")
  }

  /// Prints what a profile predicts of a model beside what it takes.
  private func run(check model: String, _ path: String) async throws {
    let profile = try DeviceProfile(path: path)
    let threads = try threads == nil ? profile.mostThreads : threadCounts()[0]
    let rows = try await ModelCheck(try Artifact(opening: model), on: profile, threads: threads)
      .run()
    try Terminal.print(outputOptions.json ? rows.json.text() : rows.text)
  }

  private func settings() throws -> ProfileSettings {
    ProfileSettings(threads: try threadCounts(), types: try weightTypes(), seconds: time)
  }

  private func threadCounts() throws -> [Int] {
    guard let threads else { return Array(Set([1, Machine.processors])).sorted() }
    let counts = threads.split(separator: ",", omittingEmptySubsequences: false).map { Int($0) }
    let numbers = counts.compactMap(\.self).filter { (1...1024).contains($0) }
    guard numbers.count == counts.count, zip(numbers, numbers.dropFirst()).allSatisfy(<) else {
      throw ValidationError("--threads \(threads): expected rising numbers from 1 to 1024")
    }
    return numbers
  }

  private func weightTypes() throws -> [TensorType] {
    guard let types else { return ProfileSettings.writtenTypes }
    return try types.split(separator: ",", omittingEmptySubsequences: false).map { name in
      guard
        let type = TensorType.allCases.first(where: {
          $0.rawValue.lowercased() == name.lowercased()
        })
      else {
        let known = TensorType.allCases.map(\.rawValue).joined(separator: ", ")
        throw ValidationError("--types \(name): expected some of \(known)")
      }
      return type
    }
  }
}
