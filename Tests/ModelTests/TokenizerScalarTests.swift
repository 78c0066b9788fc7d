import CleaveStorage
import CleaveText
import TestSupport
import Testing

/// Every Unicode scalar is a letter, a number, white space or neither, for Swift's tables as for the
/// tables of the tokenizers package. Asked through the public API: in a vocabulary whose only merges
/// join any byte with one ASCII character, a merge shows that the pre-tokenizer kept the two in one
/// piece.
@Suite struct TokenizerScalarTests {
  @Test(arguments: [("letter", "a"), ("number", "1")])
  func classesAgree(name: String, probe: String) throws {
    let tokenizer = try Self.prober(probe, steps: [Self.byteLevel(regex: true)])
    var expected = try Self.scalars(name)
    expected.insert(0x20)  // ` ?` joins a plain space to anything.
    report(Self.joining(probe, tokenizer).symmetricDifference(expected))
  }

  @Test func digitsAgree() throws {
    let digits: JSON = ["type": "Digits", "individual_digits": false]
    let tokenizer = try Self.prober("1", steps: [digits, Self.byteLevel(regex: false)])
    report(try Self.joining("1", tokenizer).symmetricDifference(Self.scalars("digit")))
  }

  /// A scalar that is neither letter nor number joins a sign, unless it is white space.
  @Test func spacesAgree() throws {
    let tokenizer = try Self.prober("!", steps: [Self.byteLevel(regex: true)])
    var apart = Set(Self.everyScalar.map(\.value)).subtracting(Self.joining("!", tokenizer))
    apart.insert(0x20)
    apart.subtract(try Self.scalars("letter"))
    apart.subtract(try Self.scalars("number"))
    report(apart.symmetricDifference(try Self.scalars("space")))
  }

  /// A letter beside a `single_word` token keeps it from matching; `lstrip` takes white space along.
  @Test(arguments: [("word", "single_word"), ("strip", "lstrip")])
  func addedTokensAgree(name: String, option: String) throws {
    let tokenizer = try Self.prober("!", steps: [Self.byteLevel(regex: true)], adding: option)
    let expected = try Self.scalars(name)
    report(
      Set(
        Self.everyScalar.filter { scalar in
          let before = String(Character(scalar))
          // One id when nothing stands before the token, that of the token.
          let ids = tokenizer.encode(before + "[T]")
          let changed = name == "word" ? ids.last != 512 : ids.count == 1
          return changed != expected.contains(scalar.value)
        }.map(\.value)))
  }

  private func report(_ differing: Set<UInt32>) {
    let shown = differing.sorted().prefix(20).map { "U+" + String($0, radix: 16) }
    let count = differing.count
    #expect(count == 0, "\(count) scalars: \(shown)")
  }
}

extension TokenizerScalarTests {
  private static var everyScalar: [Unicode.Scalar] {
    (0...UInt32(0x10FFFF)).compactMap { Unicode.Scalar($0) }
  }

  /// The scalars whose last byte merges with the probe. Many to a text: one each would be slow.
  private static func joining(_ probe: String, _ tokenizer: Tokenizer) -> Set<UInt32> {
    let bare = tokenizer.id(of: probe)!
    var joining: Set<UInt32> = []
    let scalars = everyScalar
    for start in stride(from: 0, to: scalars.count, by: 256) {
      let batch = scalars[start..<min(start + 256, scalars.count)]
      var text = ""
      for scalar in batch {
        text.unicodeScalars.append(scalar)
        text += probe + "\n"
      }
      let probes = tokenizer.encode(text).filter { $0 >= 256 || $0 == bare }
      guard probes.count == batch.count else { return [] }
      for (scalar, id) in zip(batch, probes) where id != bare { joining.insert(scalar.value) }
    }
    return joining
  }

  private static func scalars(_ name: String) throws -> Set<UInt32> {
    let ranges = try GoldenTokenizer.lists(GoldenTokenizer.node("scalars.json").required(name))
    return Set(ranges.flatMap { UInt32($0[0])...UInt32($0[1]) })
  }

  private static func byteLevel(regex: Bool) -> JSON {
    ["type": "ByteLevel", "add_prefix_space": false, "use_regex": .bool(regex)]
  }

  /// A tokenizer that merges any byte with `probe` and nothing else,
  /// and, for an option, the added token `[T]` of id 512 that has it.
  private static func prober(
    _ probe: String, steps: [JSON], adding option: String? = nil
  ) throws -> Tokenizer {
    var members = byteAlphabet.enumerated().map { (name: $1, value: JSON.integer(Int64($0))) }
    var merges: [JSON] = []
    for byte in byteAlphabet {
      members.append((name: byte + probe, value: .integer(Int64(members.count))))
      merges.append([.string(byte), .string(probe)])
    }
    let root: JSON = [
      "added_tokens": option.map { [Self.added($0)] } ?? .null,
      "pre_tokenizer": ["type": "Sequence", "pretokenizers": .array(steps)],
      "decoder": ["type": "ByteLevel"],
      "model": ["type": "BPE", "vocab": .object(JSONObject(members)), "merges": .array(merges)],
    ]
    return try Tokenizer(JSONNode(root, file: "prober"))
  }

  private static func added(_ option: String) -> JSON {
    [
      "id": 512, "content": "[T]", "single_word": .bool(option == "single_word"),
      "lstrip": .bool(option == "lstrip"), "rstrip": false, "normalized": true, "special": false,
    ]
  }
}
