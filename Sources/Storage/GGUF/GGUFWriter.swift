/// Writes a GGUF file of version 3: header, metadata, tensor list, then the tensor data, each
/// tensor aligned. Tensors stream from their mapped files to the disk one at a time. The format is
/// that of ggml's docs/gguf.md.
package struct GGUFWriter {
  /// A metadata value with the exact type it is written as: readers check the type code, not only
  /// the number.
  package enum Value {
    case uint16(UInt16)
    case uint32(UInt32)
    case int32(Int32)
    case float32(Float)
    case bool(Bool)
    case string(String)
    case strings([String])
    case int32s([Int32])
    case bools([Bool])
    case float32s([Float])
  }

  package var metadata: [(key: String, value: Value)] = []
  package var tensors: [WeightSource] = []

  private static let version: UInt32 = 3
  /// The alignment that readers assume if `general.alignment` is absent.
  private static let alignment = 32

  package init() {}

  /// The size of all tensors in bytes, without padding.
  package var tensorBytes: Int { tensors.reduce(0) { $0 + $1.byteCount } }

  /// The size of the file in bytes.
  package var fileBytes: Int {
    tensors.reduce(Self.padded(header.count)) { $0 + Self.padded($1.byteCount) }
  }

  /// The most bytes that a file grows by with one tensor more.
  package static func growth(by tensor: WeightSource) -> Int {
    let entry = 8 + tensor.name.utf8.count + 4 + 8 * tensor.shape.count + 4 + 8
    return padded(entry) + padded(tensor.byteCount)
  }

  /// Writes the file.
  ///
  /// - Parameter progress: called after each written part of a tensor with its size in bytes.
  package func write(to sink: inout FileSink, progress: (Int) -> Void = { _ in }) throws {
    try sink.write(header)
    try Self.pad(&sink)
    for tensor in tensors {
      let start = sink.count
      try tensor.stream {
        try sink.write($0)
        progress($0.count)
      }
      precondition(sink.count - start == tensor.byteCount, "\(tensor.name): wrong byte count")
      try Self.pad(&sink)
    }
  }

  private static func pad(_ sink: inout FileSink) throws {
    try sink.write([UInt8](repeating: 0, count: padded(sink.count) - sink.count))
  }

  private static func padded(_ offset: Int) -> Int {
    (offset + alignment - 1) / alignment * alignment
  }

  /// Everything before the tensor data.
  private var header: [UInt8] {
    var bytes = Bytes()
    bytes.raw += Array("GGUF".utf8)
    bytes.append(Self.version)
    bytes.append(UInt64(tensors.count))
    bytes.append(UInt64(metadata.count))
    for (key, value) in metadata {
      bytes.append(key)
      bytes.append(value)
    }
    var offset = 0
    for tensor in tensors {
      bytes.append(tensor.name)
      bytes.append(UInt32(tensor.shape.count))
      // GGUF lists dimensions innermost first.
      for dimension in tensor.shape.reversed() { bytes.append(UInt64(dimension)) }
      bytes.append(tensor.type.ggmlID)
      bytes.append(UInt64(offset))
      offset = Self.padded(offset + tensor.byteCount)
    }
    return bytes.raw
  }
}

/// Builds the little-endian encoding of the format's integers, strings and values.
private struct Bytes {
  var raw: [UInt8] = []

  mutating func append(_ value: some FixedWidthInteger) {
    withUnsafeBytes(of: value.littleEndian) { raw += $0 }
  }

  mutating func append(_ text: String) {
    append(UInt64(text.utf8.count))
    raw += text.utf8
  }

  mutating func append(_ value: GGUFWriter.Value) {
    switch value {
    case .uint16(let number):
      append(code: .uint16)
      append(number)
    case .uint32(let number):
      append(code: .uint32)
      append(number)
    case .int32(let number):
      append(code: .int32)
      append(number)
    case .float32(let number):
      append(code: .float32)
      append(number.bitPattern)
    case .bool(let flag):
      append(code: .bool)
      append(UInt8(flag ? 1 : 0))
    case .string(let text):
      append(code: .string)
      append(text)
    case .strings(let texts):
      append(arrayOf: .string, count: texts.count)
      for text in texts { append(text) }
    case .int32s(let numbers):
      append(arrayOf: .int32, count: numbers.count)
      for number in numbers { append(number) }
    case .float32s(let numbers):
      append(arrayOf: .float32, count: numbers.count)
      for number in numbers { append(number.bitPattern) }
    case .bools(let flags):
      append(arrayOf: .bool, count: flags.count)
      for flag in flags { append(UInt8(flag ? 1 : 0)) }
    }
  }

  private mutating func append(code: GGUFValue.Code) { append(code.rawValue) }

  private mutating func append(arrayOf code: GGUFValue.Code, count: Int) {
    append(code: .array)
    append(code: code)
    append(UInt64(count))
  }
}
