/// What a file seems to be by how it begins, for errors about files that are not what their names say.
package enum FileKind: Equatable, Sendable {
  case gitLFSPointer, html, xml
  case pickle, torchArchive, onnx, tfLite, hdf5, numpy, oldGGML
  case zip, gzip, zstd, xz, bzip2, sevenZip, tar, parquet
  case safetensors, gguf, json
  case zeros

  /// Whether it is text, with marks in it.
  var isMarkup: Bool { [.html, .xml, .json].contains(self) }

  /// The bytes that are looked at.
  package static let prefixBytes = 512

  /// The kind of a file; nil for one that is not recognized.
  ///
  /// - Parameters: - prefix: the first `prefixBytes` bytes, or all of a shorter file. - count: the size of the
  ///   file.
  package init?(_ prefix: [UInt8], count: Int) {
    // A header's length may look like any magic number.
    let found =
      Self.safetensors(prefix, count: count)
      ?? Self.magic.first { prefix.starts(with: $0.bytes) }?.kind ?? Self.text(prefix)
      ?? Self.structured(prefix)
    guard let found else { return nil }
    self = found == .zip && Self.isTorch(prefix) ? .torchArchive : found
  }

  /// The kind of an open file; nil for one that is not recognized.
  package init?(of file: MappedFile) {
    let prefix = file.withBytes(0..<min(Self.prefixBytes, file.count)) { Array($0) }
    self.init(prefix, count: file.count)
  }

  private static let magic: [(bytes: [UInt8], kind: FileKind)] = [
    (Array("version https://git-lfs.github.com/spec/".utf8), .gitLFSPointer),
    (Array("GGUF".utf8), .gguf), (Array("tjgg".utf8), .oldGGML), (Array("lmgg".utf8), .oldGGML),
    (Array("fmgg".utf8), .oldGGML), ([0x50, 0x4B, 3, 4], .zip), ([0x50, 0x4B, 5, 6], .zip),
    ([0x80, 2], .pickle), ([0x80, 3], .pickle), ([0x80, 4], .pickle), ([0x80, 5], .pickle),
    ([0x1F, 0x8B], .gzip), ([0x28, 0xB5, 0x2F, 0xFD], .zstd),
    ([0xFD, 0x37, 0x7A, 0x58, 0x5A, 0], .xz), (Array("BZh".utf8), .bzip2),
    ([0x37, 0x7A, 0xBC, 0xAF, 0x27, 0x1C], .sevenZip),
    ([0x89, 0x48, 0x44, 0x46, 0x0D, 0x0A, 0x1A, 0x0A], .hdf5),
    ([0x93] + Array("NUMPY".utf8), .numpy), (Array("PAR1".utf8), .parquet),
  ]

  /// Text that begins as a page or as JSON, after a byte-order mark and white space.
  private static func text(_ prefix: [UInt8]) -> FileKind? {
    let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
    let body = prefix.dropFirst(prefix.starts(with: mark) ? 3 : 0).drop { $0 <= 0x20 && $0 != 0 }
    let start = String(decoding: body.prefix(16), as: UTF8.self).lowercased()
    if start.hasPrefix("<!doctype html") || start.hasPrefix("<html") { return .html }
    if start.hasPrefix("<?xml") { return .xml }
    return start.hasPrefix("{") || start.hasPrefix("[") ? .json : nil
  }

  private static func safetensors(_ prefix: [UInt8], count: Int) -> FileKind? {
    guard prefix.count >= 9, prefix[8] == UInt8(ascii: "{") else { return nil }
    let length = prefix[..<8].reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    return length < UInt64(count) ? .safetensors : nil
  }

  private static func structured(_ prefix: [UInt8]) -> FileKind? {
    guard prefix.count >= 9 else { return nil }
    if prefix.allSatisfy({ $0 == 0 }) { return .zeros }
    if prefix[4..<8].elementsEqual("TFL3".utf8) { return .tfLite }
    if prefix.count >= 262, prefix[257..<262].elementsEqual("ustar".utf8) { return .tar }
    // ONNX: a small version of its format, then the name of the program that wrote it.
    return prefix[0] == 8 && (1...20).contains(prefix[1]) && prefix[2] == 0x12 ? .onnx : nil
  }

  /// Whether the first entry of a zip archive is what PyTorch writes.
  private static func isTorch(_ prefix: [UInt8]) -> Bool {
    guard prefix.count > 30 else { return false }
    let length = Int(prefix[26]) | Int(prefix[27]) << 8
    let name = String(decoding: prefix[30...].prefix(length), as: UTF8.self)
    return ["/data.pkl", "/version", "/.format_version"].contains { name.hasSuffix($0) }
  }
}
