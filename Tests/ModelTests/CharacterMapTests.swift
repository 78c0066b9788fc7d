import CleaveStorage
import CleaveText
import TestSupport
import Testing

/// Maps of `Precompiled` steps that are damaged or made to harm are refused.
@Suite struct CharacterMapTests {
  /// The contents of a map with these units and texts.
  private static func map(_ units: [UInt32], _ texts: [UInt8], size: UInt32? = nil) -> [UInt8] {
    ([size ?? UInt32(4 * units.count)] + units).flatMap { unit in
      (0..<4).map { UInt8(truncatingIfNeeded: unit >> (8 * $0)) }
    } + texts
  }

  /// A trie that has the text `a`, whose value is a number: a root with the children 256..., of which the one
  /// with the label has a value in the unit 512.
  private static func units(value: UInt32, childOffset: UInt32 = 1) -> [UInt32] {
    var units = [UInt32](repeating: 0x8000_0000, count: 768)
    units[0] = 256 << 10
    units[256 ^ 0x61] = (256 ^ 0x61 ^ 512) << 10 | 1 << 8 | 0x61
    if childOffset != 1 { units[256 ^ 0x61] = childOffset << 10 | 1 << 8 | 0x61 }
    units[512] = 0x8000_0000 | value
    return units
  }

  private static func tokenizer(_ map: [UInt8]) throws -> Tokenizer {
    try tokenizer(base64: Base64.encode(map))
  }

  private static func tokenizer(base64: String) throws -> Tokenizer {
    let root: JSON = [
      "model": ["type": "BPE", "vocab": [:], "merges": []], "decoder": ["type": "ByteLevel"],
      "pre_tokenizer": ["type": "ByteLevel", "add_prefix_space": false, "use_regex": false],
      "normalizer": ["type": "Precompiled", "precompiled_charsmap": .string(base64)],
    ]
    return try Tokenizer(JSONNode(root, file: "made"))
  }

  @Test func aSmallMap() throws {
    let tokenizer = try Self.tokenizer(Self.map(Self.units(value: 2), Array("x\0yz\0".utf8)))
    #expect(tokenizer.preTokenized("banab") == ["byznyzb"])
    #expect(try Self.tokenizer([]).preTokenized("a") == ["a"])
  }

  private static let refusals: [(map: [UInt8], found: String)] = [
    ([1, 2], "2 bytes"), (map([0], [], size: 3), "a trie of 3 bytes"),
    (map([0], [], size: 0), "a trie of 0 bytes"),
    (map([0], [], size: 4096), "a trie of 4096 bytes"),
    (map([0x8000_0000], [0]), "a leaf as the first unit"),
    (map([0], [0]), "a unit 0 whose children begin at 0"),
    (map(units(value: 0), [0xC3, 0x28, 0]), "texts that are not UTF-8"),
    (map(units(value: 9), Array("x\0".utf8)), "a text at 9 of 2 bytes"),
    (map(units(value: 0), Array("xy".utf8)), "a text at 0 of 2 bytes"),
    (map(units(value: 1), Array("é\0".utf8)), "a text at 1 of 3 bytes"),
    (
      map(units(value: 0), Array(repeating: 0x61, count: 257) + [0]), "a text at 0 of 258 bytes"
    ),
    (map(units(value: 0, childOffset: 1 << 20), [0]), "a unit 353 whose children begin at"),
  ]

  @Test(arguments: refusals.indices) func isRefused(index: Int) throws {
    let (map, found) = Self.refusals[index]
    let error = #expect(throws: InputError.self) { try Self.tokenizer(map) }
    #expect(error?.location == "normalizer.precompiled_charsmap")
    #expect(error?.found.contains(found) == true, "\(error?.found ?? "")")
  }

  @Test(arguments: ["A", "AAA", "A===", "AB==", "AAA*", "AA=A", "é123"])
  func thatIsNoBase64(text: String) {
    #expect(throws: InputError.self) { try Self.tokenizer(base64: text) }
  }

  /// Every change of a byte and every cut of the actual map is refused or maps within its bounds.
  @Test func damagedMaps() throws {
    let steps = try GoldenTokenizer.node("family-xlmr.tokenizer.json")
      .required("normalizer").required("normalizers").elements()
    let text = try steps[0].required("precompiled_charsmap").string()
    let whole = try #require(Base64.decode(Array(text.utf8)))
    #expect(Base64.encode(whole) == text)
    let probe = "Ａb\u{301}ﷺ①カ\u{3099}\u{FB01} \r\n\u{200B}한"
    for seed in 0..<24 {
      var changed = whole
      changed[(seed * 7919) % changed.count] ^= UInt8(1 << (seed % 8))
      if seed % 3 == 0 { changed.removeLast(seed * 5003 % changed.count) }
      do {
        #expect(try Self.tokenizer(changed).preTokenized(probe).joined().utf8.count < 4096)
      } catch is InputError {}
    }
  }
}
