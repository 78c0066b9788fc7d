/// A safetensors file, parsed and checked as the reference parser does (huggingface/safetensors,
/// tensor.rs): 8 bytes of little-endian header length, a JSON header, the tensors' bytes without gaps.
package struct SafetensorsFile: Sendable {
  /// One tensor of the header.
  package struct Entry: Sendable {
    package let name: String
    package let dtype: SafetensorsDType
    package let shape: [Int]
    /// The byte range in the whole file.
    package let range: Range<Int>
  }

  package let file: MappedFile
  /// The tensors in the order of their bytes.
  package let entries: [Entry]
  package let metadata: [(name: String, value: String)]

  /// The reference parser's limit of the header, in bytes: a larger header is a denial of service, not a model.
  static let largestHeader = 100_000_000

  package init(path: String) throws {
    try self.init(mapping: try MappedFile(path: path))
  }

  package init(mapping file: MappedFile) throws {
    self.file = file
    let (dataStart, header) = try FileKind.named(
      in: file, as: .safetensors, expected: "a safetensors file"
    ) {
      let end = try Self.headerEnd(of: file)
      let header = try file.withBytes(8..<end) {
        try JSONNode(
          parsing: $0, file: file.path, location: "header", path: "", depth: 8,
          refusesHalves: true)
      }
      return (end, header)
    }
    var entries: [Entry] = []
    var metadata: [(name: String, value: String)] = []
    for (name, node) in try header.members() {
      if name == "__metadata__" {
        metadata = try node.members().map { ($0.name, try $0.node.string()) }
      } else {
        entries.append(try Self.entry(name, node, dataStart: dataStart))
      }
    }
    entries.sort {
      ($0.range.lowerBound, $0.range.upperBound) < ($1.range.lowerBound, $1.range.upperBound)
    }
    try Self.checkContiguity(entries, dataStart: dataStart, file: file)
    self.entries = entries
    self.metadata = metadata
  }

  /// The byte at which the header ends and the data begins.
  private static func headerEnd(of file: MappedFile) throws -> Int {
    guard file.count >= 8 else {
      throw InputError(
        file: file.path, location: "header length", found: "a file of \(file.count) bytes",
        expected: "at least the 8 bytes of the header's length")
    }
    let length = file.withBytes(0..<8) {
      UInt64(littleEndian: $0.loadUnaligned(as: UInt64.self))
    }
    guard length <= UInt64(largestHeader) else {
      throw InputError(
        file: file.path, location: "header length", found: "\(length) bytes",
        expected: "at most \(largestHeader)")
    }
    guard Int(length) <= file.count - 8 else {
      throw InputError(
        file: file.path, location: "header length", found: "\(length) bytes",
        expected: "at most the \(file.count - 8) bytes that follow",
        advice: "The file is cut short or is not safetensors.")
    }
    return 8 + Int(length)
  }

  private static func entry(_ name: String, _ node: JSONNode, dataStart: Int) throws -> Entry {
    let typeNode = try node.required("dtype")
    guard let dtype = SafetensorsDType(rawValue: try typeNode.string()) else {
      throw typeNode.refuse(
        expected: "one of \(SafetensorsDType.allCases.map(\.rawValue).joined(separator: ", "))")
    }
    let shapeNode = try node.required("shape")
    let shape = try shapeNode.elements().map { try $0.int() }
    let offsetsNode = try node.required("data_offsets")
    let offsets = try offsetsNode.elements().map { try $0.int(in: 0...(Int.max - dataStart)) }
    guard offsets.count == 2, offsets[0] <= offsets[1] else {
      throw offsetsNode.refuse(
        expected: "a start and an end that is not before it", found: "\(offsets)")
    }
    guard let elements = TensorShape.elementCount(shape), let size = dtype.byteCount(elements)
    else {
      throw shapeNode.refuse(
        expected: "dimensions whose product fits in whole bytes below 2^63", found: "\(shape)")
    }
    guard offsets[1] - offsets[0] == size else {
      throw offsetsNode.refuse(
        expected: "\(size) bytes for \(dtype.rawValue) of shape \(shape)",
        found: "\(offsets[1] - offsets[0]) bytes")
    }
    return Entry(
      name: name, dtype: dtype, shape: shape,
      range: (dataStart + offsets[0])..<(dataStart + offsets[1]))
  }

  /// Checks that every byte belongs to one tensor: no gaps, no overlaps, nothing after the last.
  private static func checkContiguity(
    _ entries: [Entry], dataStart: Int, file: MappedFile
  ) throws {
    var end = dataStart
    for entry in entries {
      guard entry.range.lowerBound == end else {
        throw InputError(
          file: file.path, location: "\(entry.name).data_offsets",
          found: "start \(entry.range.lowerBound - dataStart)",
          expected: "\(end - dataStart), where the tensor before it ends")
      }
      end = entry.range.upperBound
    }
    guard end == file.count else {
      throw InputError(
        file: file.path, location: "data", found: "\(file.count - dataStart) bytes",
        expected: "\(end - dataStart), where the last tensor ends",
        advice: end > file.count
          ? "The file is cut short: its download was interrupted. Download it again."
          : "Something was added to the file.")
    }
  }
}
