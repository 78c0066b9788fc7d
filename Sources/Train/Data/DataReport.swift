/// What became of the texts of one source.
package struct DataReport: Equatable, Sendable {
  /// As the person named it: its file, and the field.
  package let name: String
  /// Lines, or windows.
  package var read = 0
  /// Without anything but white space.
  package var empty = 0
  /// Met before, here or in an earlier source.
  package var duplicates = 0
  /// Content that the model will be judged on.
  package var excluded = 0
  /// Beyond the number asked for.
  package var beyondCount = 0
  /// Longer than the limit: only their beginning is read.
  package var cut = 0
  package var train = 0
  package var heldOut = 0

  package var kept: Int { train + heldOut }
}
