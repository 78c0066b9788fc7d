import ArgumentParser
import CleaveModel
import CleaveRegistry

/// Options of how much of an edge bundle `cleave pull` fetches.
struct PulledPartOptions: ParsableArguments {
  @Option(
    name: .customLong("exits"),
    help: ArgumentHelp("Fetch what is used up to the exit at this depth.", valueName: "depth"))
  var lastExit: Int?

  @Option(
    help: ArgumentHelp(
      "Fetch what is used up to the deepest exit that these blocks reach, as 0..8, the last left out.",
      valueName: "range"))
  var blocks: String?

  @Option(
    name: .customLong("for"),
    help: ArgumentHelp(
      """
      Fetch what is used up to the deepest exit with which the bundle fits into the memory of the device of this \
      profile, as cleave profile writes one.
      """, valueName: "file"))
  var device: String?

  @Option(help: "Positions of a session that memory is counted for, with --for.")
  var positions = 4096

  func validate() throws {
    guard [lastExit != nil, blocks != nil, device != nil].count(where: \.self) <= 1 else {
      throw ValidationError(
        "--exits, --blocks and --for all choose the last exit: expected one of them")
    }
    guard blocks == nil || range != nil else {
      throw ValidationError("--blocks \(blocks ?? ""): expected a range of blocks, as 0..8")
    }
    guard positions > 0 else { throw ValidationError("--positions: expected at least 1") }
  }

  /// - Throws: `InputError` for a profile that cannot be read.
  func selection() throws -> PullSelection {
    if let lastExit { return .upToExit(lastExit) }
    if let range { return .blocks(range) }
    guard let device else { return .all }
    return .device(try DeviceProfile(path: device), positions: positions)
  }

  /// The blocks, as partition's tiers write them (`0..8`) or as Swift does (`0..<8`), the last left out in both.
  private var range: Range<Int>? {
    guard let match = blocks?.wholeMatch(of: /([0-9]{1,6})\.\.<?([0-9]{1,6})/),
      let first = Int(match.1), let end = Int(match.2), first < end
    else { return nil }
    return first..<end
  }
}
