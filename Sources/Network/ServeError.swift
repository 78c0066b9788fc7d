/// The server cannot listen, or its listener has failed.
public struct ServeError: Error, Sendable, CustomStringConvertible {
  public let description: String
  init(_ description: String) { self.description = description }
}
