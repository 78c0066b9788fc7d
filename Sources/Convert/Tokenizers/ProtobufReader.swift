import CleaveStorage

/// Reads the wire format of protocol buffers (https://protobuf.dev/programming-guides/encoding), in
/// which tokenizer.model is stored. Each length is checked against the bytes that are left.
struct ProtobufReader {
  enum Value {
    case varint(UInt64)
    case fixed64(UInt64)
    case fixed32(UInt32)
    case bytes(ArraySlice<UInt8>)
  }

  private var rest: ArraySlice<UInt8>
  private let file: String
  private let location: String

  init(_ bytes: ArraySlice<UInt8>, file: String, location: String) {
    rest = bytes
    self.file = file
    self.location = location
  }

  private func refuse(_ found: String, _ expected: String) -> InputError {
    InputError(
      file: file, location: "\(location) at byte \(rest.startIndex)", found: found,
      expected: expected)
  }

  /// Reads the next field; nil at the end.
  mutating func next() throws -> (field: Int, value: Value)? {
    guard !rest.isEmpty else { return nil }
    let key = try varint()
    guard key >> 3 > 0, key >> 3 < 1 << 29 else {
      throw refuse("the field \(key >> 3)", "a field number")
    }
    let field = Int(key >> 3)
    switch key & 7 {
    case 0: return (field, .varint(try varint()))
    case 1: return (field, .fixed64(try fixed(8)))
    case 2: return (field, .bytes(try bytes()))
    case 5: return (field, .fixed32(UInt32(try fixed(4))))
    case let type: throw refuse("the wire type \(type)", "0, 1, 2 or 5")
    }
  }

  private mutating func varint() throws -> UInt64 {
    var value: UInt64 = 0
    for shift in stride(from: 0, to: 70, by: 7) {
      guard let byte = rest.popFirst() else { throw refuse("the end", "more of a number") }
      if shift == 63, byte > 1 { break }
      value |= UInt64(byte & 0x7F) << UInt64(shift)
      if byte & 0x80 == 0 { return value }
    }
    throw refuse("a number of more than 64 bits", "at most 64")
  }

  private mutating func fixed(_ count: Int) throws -> UInt64 {
    guard rest.count >= count else { throw refuse("the end", "\(count) bytes") }
    let value = rest.prefix(count).reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    rest = rest.dropFirst(count)
    return value
  }

  private mutating func bytes() throws -> ArraySlice<UInt8> {
    let count = try varint()
    guard count <= UInt64(rest.count) else {
      throw refuse("a length of \(count)", "at most the \(rest.count) bytes that are left")
    }
    let value = rest.prefix(Int(count))
    rest = rest.dropFirst(Int(count))
    return value
  }
}
