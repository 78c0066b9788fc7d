import ArgumentParser
import CleaveModel
import CleavePlan

/// The options of a plan with a tier between devices and cloud.
struct PlanMiddleOptions: ParsableArguments {
  @Option(
    name: .customLong("middle"),
    help: ArgumentHelp(
      """
      Also play three tiers, with a machine of this profile between: its exits are those that the device \
      does not have, for every place where the next exit reads the model's states.
      """, valueName: "file"))
  var profile: String?

  @Option(name: .customLong("middle-link"), help: "The link behind it, as --link.")
  var linkText: String?

  @Option(name: .customLong("middle-threads"), help: "Its threads (default: its profile's).")
  var threads: Int?

  /// - Throws: `ValidationError` where one is there without the other.
  func check() throws {
    guard (profile == nil) == (linkText == nil), threads == nil || profile != nil else {
      throw ValidationError(
        "--middle, --middle-link: expected both, or neither and no --middle-threads")
    }
    if let linkText { try LinkOption(linkText).check("--middle-link") }
  }

  /// The files that are read.
  var sources: [String] { [profile].compactMap(\.self) }

  func link() throws -> PlannedLink? { try linkText.map { try LinkOption($0).planned() } }

  /// What a model costs on the tier's machine; nil without one.
  func cost(of manifest: Manifest) throws -> ModelCost? {
    try profile.map {
      let machine = try DeviceProfile(path: $0)
      return try ModelCost(manifest, on: machine, threads: threads ?? machine.threads)
    }
  }
}
