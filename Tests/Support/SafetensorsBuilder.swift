/// Writes safetensors files by hand, right or wrong: it shares no code with the reader under test.
package struct SafetensorsBuilder {
  package struct Tensor {
    package var name: String
    package var dtype: String
    package var shape: [Int]
    package var bytes: [UInt8]

    package init(_ name: String, _ dtype: String, _ shape: [Int], _ bytes: [UInt8]) {
      self.name = name
      self.dtype = dtype
      self.shape = shape
      self.bytes = bytes
    }
  }

  package var tensors: [Tensor] = []
  /// Texts of the header; names and values stand between the quotes as they are.
  package var metadata: [(name: String, value: String)] = []

  package init(_ tensors: [Tensor] = []) { self.tensors = tensors }

  package var bytes: [UInt8] {
    var offset = 0
    let members = tensors.map { tensor in
      defer { offset += tensor.bytes.count }
      return Self.entry(
        tensor.name, tensor.dtype, "\(tensor.shape)", offset, offset + tensor.bytes.count)
    }
    let texts = metadata.map { "\"\($0.name)\":\"\($0.value)\"" }.joined(separator: ",")
    let header =
      "{" + (texts.isEmpty ? "" : "\"__metadata__\":{\(texts)},") + members.joined(separator: ",")
      + "}"
    return Self.file(header: header, data: tensors.flatMap(\.bytes))
  }

  /// One member of the header; `shape` is JSON, `name` stands between the quotes as it is.
  package static func entry(
    _ name: String, _ dtype: String, _ shape: String, _ start: Int, _ end: Int
  ) -> String {
    #""\#(name)":{"dtype":"\#(dtype)","shape":\#(shape),"data_offsets":[\#(start),\#(end)]}"#
  }

  package static func file(
    header: String, data: [UInt8] = [], length: UInt64? = nil
  ) -> [UInt8] {
    file(header: Array(header.utf8), data: data, length: length)
  }

  /// - Parameter length: the header's length as the file gives it, when it lies.
  package static func file(
    header: [UInt8], data: [UInt8] = [], length: UInt64? = nil
  ) -> [UInt8] {
    littleEndian(length ?? UInt64(header.count)) + header + data
  }
}

package func littleEndian(_ value: some FixedWidthInteger) -> [UInt8] {
  withUnsafeBytes(of: value.littleEndian, Array.init)
}
