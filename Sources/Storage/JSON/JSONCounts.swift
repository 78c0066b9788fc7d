/// What a JSON text has of the characters that values cost memory by, those inside strings included.
struct JSONCounts {
  let bytes: Int
  private(set) var separators = 0  // commas and colons
  private(set) var arrays = 0  // opening brackets
  private(set) var objects = 0  // opening braces

  init(_ text: UnsafeRawBufferPointer) {
    bytes = text.count
    for byte in text {
      separators += byte == UInt8(ascii: ",") || byte == UInt8(ascii: ":") ? 1 : 0
      arrays += byte == UInt8(ascii: "[") ? 1 : 0
      objects += byte == UInt8(ascii: "{") ? 1 : 0
    }
  }
}
