import ArgumentParser
import CleaveModel
import CleavePlan
import CleaveReport
import CleaveRuntime
import CleaveStorage

/// The command `cleave plan`.
struct PlanCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "plan",
    abstract: "Find the exits, thresholds and mode that pay for a device, a link and a cloud.",
    discussion: """
      Plays what the exits said of every token of recorded answers through a simulation of devices, link \
      and cloud, for every choice of exits, thresholds, mode, look-ahead and upload, and says which is \
      best and whether a split pays beside the whole model in the cloud and the edge alone. Example:

        cleave exits eval MODEL --prompts questions.jsonl:question --record none.trace
        cleave exits eval MODEL --prompts questions.jsonl:question --feedback policy --record policy.trace
        cleave profile -o device.json        (on the device; on the server as cloud.json)
        cleave plan MODEL --trace none.trace --trace policy.trace --device device.json \\
          --cloud cloud.json --link 30Mbit,40ms --clients 8

      Risk is the share of tokens that differ from the whole model's, with 95 % confidence, on the \
      recorded answers: what to expect, not a promise. cleave calibrate makes the promise.
      """)

  @Argument(
    help: ArgumentHelp(
      """
      Model artifact with exits. Several are compared: other exits, tails or cuts, other quantizations. Each \
      needs traces of its own.
      """, valueName: "model"))
  var models: [String]

  @Option(
    help: ArgumentHelp(
      """
      Trace written by cleave exits eval --record. May be repeated, for exits with feedback: one recorded \
      with --feedback none, others with policy or shares.
      """, valueName: "file"))
  var trace: [String]

  @Option(
    help: ArgumentHelp(
      "Profile of the device, by cleave profile. May be repeated: each gets a plan of its own.",
      valueName: "file"))
  var device: [String]

  @Option(
    help: ArgumentHelp(
      """
      Profile of the server's machine; or a file of cleave profile --cloud, whose server has answered with this \
      model.
      """, valueName: "file"))
  var cloud: String

  @Option(help: "The device's threads (default: its profile's).")
  var deviceThreads: Int?

  @Option(help: "The server's threads (default: its profile's).")
  var cloudThreads: Int?

  @Option(
    help: """
      The link: rate and round trip, as 30Mbit,40ms, or 10/100Mbit,40ms for up and down; or a file of \
      cleave profile --cloud (default: that of --cloud, where it is one).
      """)
  var link: String?

  @OptionGroup(title: "A tier between") var middle: PlanMiddleOptions

  @Option(help: "Devices that generate at the same time.")
  var clients = 1

  @Option(help: "Seconds that each rests between two texts.")
  var think = 0.0

  @Option(
    help: "What to be best at: \(PlanObjective.allCases.map(\.rawValue).joined(separator: ", ")).")
  var objective = PlanObjective.time

  @Option(help: "The most memory of the edge: bytes, or with K, M or G.")
  var maxMemory: ByteSize?

  @Option(help: "The largest share of tokens that may differ from the whole model's.")
  var maxRisk = 0.05

  @Option(
    help: ArgumentHelp(
      "Also play this threshold of all exits. May be repeated.", valueName: "confidence"))
  var threshold: [Double] = []

  @Option(
    help: """
      Encodings of what goes up, with commas: \
      \(StatesEncoding.Format.allCases.map(\.rawValue).joined(separator: ", ")).
      """)
  var upload = "f32,int8,tokens"

  @Option(help: "Numbers of tokens to look ahead, with commas.")
  var lookAhead = "0,8"

  @Option(
    help: """
      Milliseconds of a core that a message takes, on the server and on the device (default: what the \
      link's file says, else 0.3).
      """)
  var messageMs: Double?

  @Option(
    help: """
      Milliseconds that a request takes beyond the round trip, its messages and computing (default: what the \
      link's file says, else 0).
      """)
  var requestMs: Double?

  @Option(
    help: ArgumentHelp(
      "Also write a page with the plot. It loads nothing and runs no script.", valueName: "file"))
  var html: String?

  @OptionGroup var progress: ProgressOptions

  @Flag(help: "Print every choice as JSON on standard output.")
  var json = false

  func validate() throws {
    guard !models.isEmpty, !trace.isEmpty, !device.isEmpty else {
      throw ValidationError("a model, --trace, --device: expected at least one of each")
    }
    guard html == nil || device.count == 1 else {
      throw ValidationError("--html shows one plan: expected a single --device")
    }
    if let link { try LinkOption(link).check("--link") }
    try middle.check()
    guard (1...100_000).contains(clients) else {
      throw ValidationError("--clients \(clients): expected 1 to 100000")
    }
    guard think >= 0, think <= 86400 else {
      throw ValidationError("--think \(think): expected 0 to 86400 seconds")
    }
    guard (0...1).contains(maxRisk) else {
      throw ValidationError("--max-risk \(maxRisk): expected 0 to 1")
    }
    guard threshold.allSatisfy({ $0 >= 0 && $0.isFinite }) else {
      throw ValidationError("--threshold: expected numbers of at least 0")
    }
    guard (0...1000).contains(messageMs ?? 0) else {
      throw ValidationError("--message-ms \(messageMs ?? 0): expected 0 to 1000")
    }
    guard (0...10_000).contains(requestMs ?? 0) else {
      throw ValidationError("--request-ms \(requestMs ?? 0): expected 0 to 10000")
    }
    _ = try (uploads(), lookAheads())
  }

  func run() throws {
    if let html { try Report.check(html) }
    let inputs = try PlanInputs(models: models, traces: trace)
    let devices = try device.map(profile)
    let reports = try devices.map { try plan(inputs, on: $0) }
    if let html, let report = reports.first {
      try report.page(of: inputs.names).write(
        to: html, sources: models + [cloud] + device + trace + middle.sources)
    }
    try Terminal.print(json ? json(zip(devices, reports)).text() : text(zip(devices, reports)))
    guard reports.allSatisfy({ $0.best != nil }) else { throw ChecksFailed() }
  }

  /// Reads a device's profile, which must say what the objective asks about.
  private func profile(_ path: String) throws -> DeviceProfile {
    let profile = try DeviceProfile(path: path)
    guard objective != .energy || profile.power != nil else {
      throw InputError(
        file: path, location: "power", found: "none",
        expected: "the watts of the machine, for --objective energy",
        advice: "Write them into the file: idle_watts and busy_watts.")
    }
    return profile
  }

  private func plan(_ inputs: PlanInputs, on device: DeviceProfile) throws -> PlanReport {
    let settings = try settings(device)
    let line = ProgressLine("plan", unit: .items("choices"), quiet: progress.quiet)
    defer { line.finish() }
    let rows = try inputs.models.flatMap { model in
      var planner = try planner(model, device, settings)
      planner.progress = { line.show($0, of: $1) }
      return try planner.run()
    }
    return PlanReport(settings: settings, rows: rows)
  }

  private func planner(
    _ model: PlanInputs.Model, _ device: DeviceProfile, _ settings: PlanSettings
  ) throws -> Planner {
    let manifest = model.artifact.manifest
    let edge = try ModelCost(manifest, on: device, threads: deviceThreads ?? device.threads)
    return try Planner(
      model.artifact, name: model.name, traces: model.traces, edge: edge,
      cloud: try cloudCosts(of: manifest), middle: try middle.cost(of: manifest),
      settings: settings,
      energy: { edge.energy(seconds: $0) })
  }

  private func text(_ plans: some Sequence<(DeviceProfile, PlanReport)>) -> String {
    device.count == 1
      ? plans.map { $1.text }.joined()
      : plans.map { "\($0.name)\n\($1.text)" }.joined(separator: "\n\n")
  }

  /// - Returns: the report of the only device, or a list.
  private func json(_ plans: some Sequence<(DeviceProfile, PlanReport)>) -> JSON {
    let named = plans.map { device, report in
      var object = JSONObject([("device", .string(device.name))])
      if case .object(let members) = report.json {
        for member in members.members { object[member.name] = member.value }
      }
      return JSON.object(object)
    }
    return named.count == 1 ? named[0] : ["devices": .array(named)]
  }

  func uploads() throws -> [StatesEncoding] {
    try upload.split(separator: ",", omittingEmptySubsequences: false).map { name in
      guard let format = StatesEncoding.Format(rawValue: String(name)) else {
        let names = StatesEncoding.Format.allCases.map(\.rawValue).joined(separator: ", ")
        throw ValidationError("--upload \(upload): expected some of \(names), with commas")
      }
      return StatesEncoding(format)
    }
  }

  func lookAheads() throws -> [Int] {
    try lookAhead.split(separator: ",", omittingEmptySubsequences: false).map { text in
      guard let number = Int(text), (0...64).contains(number) else {
        throw ValidationError(
          "--look-ahead \(lookAhead): expected numbers from 0 to 64, with commas")
      }
      return number
    }
  }
}

extension PlanObjective: ExpressibleByArgument {}
