import CleaveSystem

/// The memory that json-c takes for a text. Where it gets none it stops in the middle without an error, or leaves a
/// member or a part of a string out, so that memory is asked for before.
package enum JSONMemory {
  /// Bounds of what a value takes in json-c 0.16, growth of its buffers included: a string with escapes or a name up to
  /// 3.8 times its text, short values of one kind 0.4 to 0.9 of what these say.
  private static let (atLeast, perByte, perSeparator, perArray, perObject) =
    (1 << 16, 5, 112, 192, 960)

  /// The bytes that are asked for.
  package static func bytes(for text: UnsafeRawBufferPointer) -> Int {
    bytes(for: JSONCounts(text))
  }

  private static func bytes(for counts: JSONCounts) -> Int {
    // A text has at most 2 GiB: nothing overflows.
    atLeast + perByte * counts.bytes + perSeparator * counts.separators
      + perArray * counts.arrays + perObject * counts.objects
  }

  /// - Throws: `InputError` where the system would not give the process so much.
  static func require(for counts: JSONCounts, _ file: String, _ location: String) throws {
    guard cleave_has_memory(1, bytes(for: counts)) == 0 else { return }
    throw refused(file, location)
  }

  /// The error of a text for which there is no memory.
  static func refused(_ file: String, _ location: String) -> InputError {
    InputError(
      file: file, location: location,
      found: "that the system gives this process no memory for its JSON",
      expected: "a few times the size of the text to be free",
      advice: "Raise its limits (ulimit -v, the control group, vm.overcommit_memory).")
  }
}
