import CleaveModel
import CleaveStorage

/// How much of a bundle is pulled.
package enum PullSelection: Sendable {
  case all
  /// An edge bundle up to the exit at this depth.
  case upToExit(Int)
  /// An edge bundle up to the deepest exit that needs no other blocks of the model than these.
  case blocks(Range<Int>)
  /// An edge bundle up to the deepest exit with which it fits into a device's memory, a session having so many positions.
  case device(DeviceProfile, positions: Int)

  /// The depth of the last exit that is pulled; nil for everything.
  ///
  /// - Parameter file: the bundle, for errors.
  /// - Throws: `InputError` where the bundle has no such part.
  func depth(in manifest: Manifest, file: String) throws -> Int? {
    switch self {
    case .all: return nil
    case .upToExit(let depth): return depth
    case .device(let profile, let positions):
      return try manifest.deepestExit(
        on: profile, positions: min(positions, manifest.configuration.contextLength), file: file
      ).depth
    case .blocks(let blocks): return try Self.depth(within: blocks, manifest, file)
    }
  }

  private static func depth(within blocks: Range<Int>, _ manifest: Manifest, _ file: String) throws
    -> Int
  {
    let reachable = try manifest.exits.map(\.depth).filter {
      let needed = try manifest.upToExit(at: $0, file: file).blocks
      return blocks.lowerBound <= needed.lowerBound && needed.upperBound <= blocks.upperBound
    }
    if let deepest = reachable.last { return deepest }
    throw InputError(
      file: file, location: "exits",
      found: manifest.exits.isEmpty
        ? "none" : "the first at depth \(manifest.exits[0].depth)",
      expected: "an exit that blocks \(blocks.lowerBound)..<\(blocks.upperBound) reach")
  }
}
