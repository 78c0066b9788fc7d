/// What became of the texts of one source.
public struct DataReport: Equatable, Sendable {
  /// As the person named it: its file, and the field.
  public let name: String
  /// Lines, or windows.
  public var read = 0
  /// Without anything but white space.
  public var empty = 0
  /// Met before, here or in an earlier source.
  public var duplicates = 0
  /// Content that the model will be judged on.
  public var excluded = 0
  /// Beyond the number asked for.
  public var beyondCount = 0
  /// Longer than the limit: only their beginning is read.
  public var cut = 0
  public var train = 0
  public var heldOut = 0

  public var kept: Int { train + heldOut }
}
