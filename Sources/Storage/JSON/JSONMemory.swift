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
    var (separators, arrays, objects) = (0, 0, 0)
    for byte in text {
      separators += byte == UInt8(ascii: ",") || byte == UInt8(ascii: ":") ? 1 : 0
      arrays += byte == UInt8(ascii: "[") ? 1 : 0
      objects += byte == UInt8(ascii: "{") ? 1 : 0
    }
    // A text has at most 2 GiB: nothing overflows.
    return atLeast + perByte * text.count + perSeparator * separators + perArray * arrays
      + perObject * objects
  }

  /// - Throws: `InputError` where the system would not give the process so much.
  static func require(for text: UnsafeRawBufferPointer, _ file: String, _ location: String) throws {
    guard cleave_has_memory(1, bytes(for: text)) == 0 else { return }
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
