/// Something could not be written: where and why. The tools report it and exit with code 3.
public struct OutputError: Error, Equatable, Sendable, CustomStringConvertible {
  public let path: String
  public let reason: String

  public init(path: String, reason: String) {
    self.path = path
    self.reason = reason
  }

  public var description: String {
    "\(path.shown(limit: InputError.longestPath)): cannot write: \(reason)"
  }
}
