/// Writes GGUF files by hand, right or wrong: it shares no code with the reader under test.
package struct GGUFBuilder: Sendable {
  package struct Value: Sendable {
    package var type: UInt32
    package var bytes: [UInt8]

    package init(type: UInt32, bytes: [UInt8]) {
      self.type = type
      self.bytes = bytes
    }

    package static func uint8(_ value: UInt8) -> Value { Value(type: 0, bytes: [value]) }
    package static func int8(_ value: Int8) -> Value { Value(type: 1, bytes: littleEndian(value)) }
    package static func uint16(_ value: UInt16) -> Value {
      Value(type: 2, bytes: littleEndian(value))
    }
    package static func int16(_ value: Int16) -> Value {
      Value(type: 3, bytes: littleEndian(value))
    }
    package static func uint32(_ value: UInt32) -> Value {
      Value(type: 4, bytes: littleEndian(value))
    }
    package static func int32(_ value: Int32) -> Value {
      Value(type: 5, bytes: littleEndian(value))
    }
    package static func float32(_ value: Float) -> Value {
      Value(type: 6, bytes: littleEndian(value.bitPattern))
    }
    package static func bool(_ value: Bool) -> Value { Value(type: 7, bytes: [value ? 1 : 0]) }
    package static func string(_ text: String) -> Value {
      Value(type: 8, bytes: GGUFBuilder.string(Array(text.utf8)))
    }
    /// - Parameter count: how many elements the file claims, when it lies.
    package static func array(type: UInt32, _ values: [Value], count: UInt64? = nil) -> Value {
      let header = littleEndian(type) + littleEndian(count ?? UInt64(values.count))
      return Value(type: 9, bytes: header + values.flatMap(\.bytes))
    }
    package static func strings(_ texts: [String]) -> Value {
      array(type: 8, texts.map(Value.string))
    }
    package static func uint64(_ value: UInt64) -> Value {
      Value(type: 10, bytes: littleEndian(value))
    }
    package static func int64(_ value: Int64) -> Value {
      Value(type: 11, bytes: littleEndian(value))
    }
    package static func float64(_ value: Double) -> Value {
      Value(type: 12, bytes: littleEndian(value.bitPattern))
    }
  }

  package struct Tensor: Sendable {
    package var name: String
    /// The dimensions as the file has them: the row's length first.
    package var dimensions: [UInt64]
    package var type: UInt32
    package var bytes: [UInt8]
    /// When it is not the padded end of the tensor before.
    package var offset: UInt64?

    package init(
      _ name: String, _ dimensions: [UInt64], type: UInt32 = 0, _ bytes: [UInt8],
      offset: UInt64? = nil
    ) {
      self.name = name
      self.dimensions = dimensions
      self.type = type
      self.bytes = bytes
      self.offset = offset
    }
  }

  package var magic: [UInt8] = Array("GGUF".utf8)
  package var version: [UInt8] = littleEndian(UInt32(3))
  package var alignment = 32
  package var metadata: [(key: [UInt8], value: Value)] = []
  package var tensors: [Tensor] = []
  package var tensorCount: UInt64?
  package var metadataCount: UInt64?

  package init() {}

  package mutating func set(_ key: String, _ value: Value?) {
    metadata.removeAll { $0.key == Array(key.utf8) }
    if let value { metadata.append((Array(key.utf8), value)) }
  }

  package static func string(_ bytes: [UInt8]) -> [UInt8] {
    littleEndian(UInt64(bytes.count)) + bytes
  }

  package var bytes: [UInt8] {
    var bytes = magic + version
    bytes += littleEndian(tensorCount ?? UInt64(tensors.count))
    bytes += littleEndian(metadataCount ?? UInt64(metadata.count))
    for (key, value) in metadata {
      bytes += Self.string(key) + littleEndian(value.type) + value.bytes
    }
    var data: [UInt8] = []
    for tensor in tensors {
      bytes += Self.string(Array(tensor.name.utf8)) + littleEndian(UInt32(tensor.dimensions.count))
      bytes += tensor.dimensions.flatMap { littleEndian($0) }
      bytes += littleEndian(tensor.type) + littleEndian(tensor.offset ?? UInt64(data.count))
      data += tensor.bytes
      if tensor.name != tensors.last?.name { pad(&data) }
    }
    guard !tensors.isEmpty else { return bytes }
    pad(&bytes)
    return bytes + data
  }

  private func pad(_ bytes: inout [UInt8]) {
    while bytes.count % alignment != 0 { bytes.append(0) }
  }
}

extension GGUFBuilder {
  /// A whole Llama of one block: 2 heads of 16, 257 tokens, every weight 0.
  package static var tinyModel: GGUFBuilder {
    var builder = GGUFBuilder()
    builder.set("general.architecture", .string("llama"))
    for (key, value) in [
      ("block_count", 1), ("context_length", 64), ("embedding_length", 32),
      ("feed_forward_length", 32), ("attention.head_count", 2),
    ] { builder.set("llama.\(key)", .uint32(UInt32(value))) }
    builder.set("llama.attention.layer_norm_rms_epsilon", .float32(1e-5))
    builder.set("tokenizer.ggml.model", .string("gpt2"))
    builder.set("tokenizer.ggml.pre", .string("gpt-2"))
    builder.set("tokenizer.ggml.tokens", .strings(byteAlphabet + ["ab"]))
    builder.set("tokenizer.ggml.merges", .strings(["a b"]))
    builder.set("tokenizer.ggml.eos_token_id", .uint32(0))
    let square: [UInt64] = [32, 32]
    builder.tensors = [zeros("token_embd.weight", [32, 257])]
    builder.tensors += ["attn_q", "attn_k", "attn_v", "attn_output"].map {
      zeros("blk.0.\($0).weight", square)
    }
    builder.tensors += ["ffn_gate", "ffn_up", "ffn_down"].map {
      zeros("blk.0.\($0).weight", square)
    }
    builder.tensors += [
      zeros("blk.0.attn_norm.weight", [32]), zeros("blk.0.ffn_norm.weight", [32]),
      zeros("output_norm.weight", [32]),
    ]
    return builder
  }

  package static func zeros(_ name: String, _ dimensions: [UInt64]) -> Tensor {
    Tensor(name, dimensions, [UInt8](repeating: 0, count: 4 * Int(dimensions.reduce(1, *))))
  }

  /// GPT-2's printable character for each byte.
  package static let byteAlphabet: [String] = {
    let printable = Array(33...126) + Array(161...172) + Array(174...255)
    var extra: UInt32 = 256
    return (0..<256).map { byte in
      defer { if !printable.contains(byte) { extra += 1 } }
      let scalar = printable.contains(byte) ? UInt32(byte) : extra
      return String(Character(Unicode.Scalar(scalar) ?? "?"))
    }
  }()
}
