/// The counts of the texts of one source, by what became of them.
package struct DataReport: Equatable, Sendable {
  /// The source as it was given: its file, and the field.
  package let name: String
  /// Lines or windows that were read.
  package var read = 0
  /// Texts of white space alone.
  package var empty = 0
  /// Texts that were met before, here or in an earlier source.
  package var duplicates = 0
  /// Texts left out because the model will be measured on them.
  package var excluded = 0
  /// Texts beyond the number asked for.
  package var beyondCount = 0
  /// Texts longer than the limit, of which only the beginning is kept.
  package var cut = 0
  package var train = 0
  package var heldOut = 0

  package var kept: Int { train + heldOut }
}
