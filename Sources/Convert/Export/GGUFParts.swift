import CleaveStorage

/// The files of an exported model: one, or parts as llama.cpp's gguf-split makes them. The first
/// part holds the metadata, and each says which one it is.
struct GGUFParts {
  let writers: [GGUFWriter]

  /// Cuts a model into parts.
  ///
  /// - Parameter largest: the most bytes of a part; nil for one file. A part with a single tensor
  ///   may be larger.
  /// - Throws: `SettingError` if there would be more parts than the format counts.
  init(_ whole: GGUFWriter, largest: Int?) throws {
    guard let largest, whole.fileBytes > largest else {
      writers = [whole]
      return
    }
    // Sizes are taken with the metadata of a split, which does not depend on its numbers.
    var part = GGUFWriter()
    part.metadata = whole.metadata + Self.metadata(number: 1, count: 1, tensors: 0)
    let other = Self.part(0, of: 1, tensors: 0).fileBytes
    var (parts, bytes) = ([part], part.fileBytes)
    for tensor in whole.tensors {
      let growth = GGUFWriter.growth(by: tensor)
      if bytes + growth > largest, !parts[parts.count - 1].tensors.isEmpty {
        parts.append(GGUFWriter())
        bytes = other
      }
      parts[parts.count - 1].tensors.append(tensor)
      bytes += growth
    }
    guard parts.count <= GGUFSplit.mostParts else {
      throw SettingError(
        .splitSize, found: "\(largest) bytes, which makes \(parts.count) parts",
        expected: "a size that makes at most \(GGUFSplit.mostParts)")
    }
    writers = parts.enumerated().map { index, part in
      var part = part
      part.metadata =
        (index == 0 ? whole.metadata : [])
        + Self.metadata(number: index, count: parts.count, tensors: whole.tensors.count)
      return part
    }
  }

  /// The paths of the files.
  ///
  /// - Parameter target: the path of the whole model.
  func paths(for target: String) -> [String] {
    guard writers.count > 1 else { return [target] }
    let first = GGUFPartName.first(of: target, count: writers.count)
    return (1...writers.count).map { first.part($0).path }
  }

  private static func part(_ number: Int, of count: Int, tensors: Int) -> GGUFWriter {
    var writer = GGUFWriter()
    writer.metadata = metadata(number: number, count: count, tensors: tensors)
    return writer
  }

  private static func metadata(
    number: Int, count: Int, tensors: Int
  ) -> [(key: String, value: GGUFWriter.Value)] {
    [
      (GGUFSplit.numberKey, .uint16(UInt16(number))), (GGUFSplit.countKey, .uint16(UInt16(count))),
      (GGUFSplit.tensorsKey, .int32(Int32(tensors))),
    ]
  }
}

extension SettingError.Setting {
  /// The size of an exported model's parts.
  package static let splitSize = Self("split size")
}
