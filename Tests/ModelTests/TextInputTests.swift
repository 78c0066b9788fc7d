import CleaveStorage
import TestSupport
import Testing

/// Texts as people have them.
@Suite struct TextInputTests {
  private let scratch: Scratch

  init() throws { scratch = try Scratch() }

  private func text(_ bytes: [UInt8]) throws -> String {
    try TextInput.text(try scratch.write(bytes, to: "text"), limit: 100)
  }

  @Test(arguments: [
    ("", ""), ("a\nb", "a\nb"), ("a\r\nb\r\n\r\n", "a\nb\n\n"), ("a\rb", "a\rb"),
    ("\u{FEFF}a\u{FEFF}", "a\u{FEFF}"), ("\u{FEFF}", ""), ("a\u{0}", "a\u{0}"),
  ])
  func whatIsText(bytes: String, text: String) throws {
    let found = try self.text(Array(bytes.utf8))
    #expect(Array(found.utf8) == Array(text.utf8))
  }

  private static let plain = "A text.\n"

  @Test(
    arguments: [
      ([0xFF, 0xFE] + plain.utf16.flatMap { littleEndian($0) }, "UTF-16"),
      ([0xFE, 0xFF] + plain.utf16.flatMap { littleEndian($0.byteSwapped) }, "UTF-16"),
      (plain.utf16.flatMap { littleEndian($0) }, "UTF-16LE"),
      (plain.utf16.flatMap { littleEndian($0.byteSwapped) }, "UTF-16BE"),
      ([0xFF, 0xFE, 0, 0] + plain.unicodeScalars.flatMap { littleEndian($0.value) }, "UTF-32"),
    ] as [([UInt8], String)])
  func otherEncodings(bytes: [UInt8], name: String) throws {
    let error = #expect(throws: InputError.self) { try text(bytes) }
    #expect(error?.found == "\(name) text")
    #expect(error?.advice == "Convert it: iconv -f \(name) -t UTF-8 FILE > NEW")
  }

  @Test func whatIsNoText() throws {
    let latin = #expect(throws: InputError.self) { try text([0x61, 0xE9, 0x62]) }
    #expect(latin?.found == "bytes that are not UTF-8" && latin?.advice != nil)
    let long = #expect(throws: InputError.self) { try text(Array(repeating: 0x61, count: 101)) }
    #expect(long?.expected == "at most 100 bytes")
  }

  /// Other files are called by what they are; a text may begin as one does.
  @Test func otherKindsOfFiles() throws {
    let gzip = #expect(throws: InputError.self) { try text([0x1F, 0x8B, 8, 0, 0xFF, 0xFE, 0x80]) }
    #expect(gzip?.found == "a gzip archive" && gzip?.advice == "Unpack it.")
    let parquet = #expect(throws: InputError.self) { try text(Array("PAR1".utf8) + [0x15, 0x84]) }
    #expect(parquet?.found == "a Parquet file" && parquet?.advice != nil)
    let pointer = "version https://git-lfs.github.com/spec/v1\n"
    let lfs = #expect(throws: InputError.self) { try text(Array(pointer.utf8)) }
    #expect(lfs?.found.hasPrefix("a git-lfs pointer") == true)
    #expect(try text(Array("PAR1 is a text".utf8)) == "PAR1 is a text")
    #expect(try text(Array("<html>".utf8)) == "<html>")
  }

  @Test func digestsAreOfTheBytes() throws {
    let path = try scratch.write("\u{FEFF}a\r\n", to: "text")
    #expect(try TextInput.digest(of: path) == FileDigest(ofFile: path))
    #expect(TextInput.exists(path) && TextInput.exists("-") && !TextInput.exists(scratch.path))
  }
}
