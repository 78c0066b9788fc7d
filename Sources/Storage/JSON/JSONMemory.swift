import CleaveSystem

/// The memory that json-c takes for a text. Where it gets none it stops in the middle without an error, or leaves a
/// member out, so that memory is asked for before.
enum JSONMemory {
  /// Bounds of what a value takes in json-c 0.16 beside its text, which is there once more as strings: measured on
  /// texts of nothing but short values of a kind, which took 0.2 to 0.7 of this.
  private static let (atLeast, perByte, perSeparator, perArray, perObject) =
    (1 << 16, 2, 160, 512, 1024)

  /// - Parameters:
  ///   - objects: the number of opening braces in the text.
  ///   - containers: the number of opening brackets and braces.
  /// - Throws: `InputError` where the system would not give the process so much.
  static func require(
    for text: UnsafeRawBufferPointer, objects: Int, containers: Int, _ file: String,
    _ location: String
  ) throws {
    let separators = text.count { $0 == UInt8(ascii: ",") || $0 == UInt8(ascii: ":") }
    // A text has at most 2 GiB: nothing overflows.
    let needed =
      atLeast + perByte * text.count + perSeparator * separators
      + perArray * (containers - objects) + perObject * objects
    guard cleave_has_memory(1, needed) == 0 else { return }
    throw InputError(
      file: file, location: location,
      found: "that the system gives this process no \(needed) bytes for its JSON",
      expected: "so much memory to be free",
      advice: "Raise its limits (ulimit -v, the control group, vm.overcommit_memory).")
  }
}
