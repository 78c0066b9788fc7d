import CleaveStorage
import CleaveText
import TestSupport
import Testing

/// Normalizers and pre-tokenizers, each by itself, against the tokenizers package
/// (tools/golden/tokenizer_steps.py).
@Suite struct TokenizerStepTests {
  /// A step of steps.json.
  struct Step: Sendable, CustomTestStringConvertible {
    let member: String
    let json: JSON
    let digests: [String]
    var testDescription: String { "\(json.text(pretty: false))" }

    init(_ node: JSONNode) throws {
      member = try node.required("member").string()
      json = try node.required("step").value
      digests = try node.required("digests").elements().map { try $0.string() }
    }

    /// The kind of the step, as tokenizer.json says it.
    var type: String {
      get throws { try JSONNode(json, file: "step").required("type").string() }
    }
  }

  private static let golden = try! GoldenTokenizer.node("steps.json")
  static let steps = try! golden.required("steps").elements().map(Step.init)

  /// Every fourth line of the corpus, texts of all scalars of some ranges, and random texts.
  private static let texts: [String] = try! {
    let corpus = try GoldenTokenizer.corpus().enumerated().filter { $0.offset % 4 == 0 }
    let ranges = try GoldenTokenizer.lists(golden.required("ranges"))
    let scalars = ranges.flatMap { ($0[0]..<$0[1]).map { Unicode.Scalar(UInt32($0))! } }
    let batches = stride(from: 0, to: scalars.count, by: 64).map { start in
      scalars[start..<min(start + 64, scalars.count)].reduce(into: "") { text, scalar in
        text.unicodeScalars.append(contentsOf: ["a", scalar, "b", " "])
      }
    }
    let random = try golden.required("texts").elements().map { try $0.string() }
    return corpus.map(\.element) + batches + random
  }()

  /// A tokenizer that does nothing but the step.
  private static func tokenizer(_ member: String, _ step: JSON) throws -> Tokenizer {
    let bytes: JSON = [
      "type": "ByteLevel", "add_prefix_space": false, "trim_offsets": true, "use_regex": false,
    ]
    var root = JSONObject([
      (name: "model", value: ["type": "BPE", "vocab": [:], "merges": []]),
      (name: "decoder", value: ["type": "ByteLevel"]), (name: "pre_tokenizer", value: bytes),
    ])
    if member == "normalizer" {
      root["normalizer"] = step
    } else {
      root["pre_tokenizer"] = ["type": "Sequence", "pretokenizers": [step, bytes]]
    }
    return try Tokenizer(JSONNode(.object(root), file: "made"))
  }

  @Test(arguments: steps) func saysWhatTheTokenizersPackageSays(_ step: Step) throws {
    let isMap = try step.type == "Precompiled"
    let tokenizer = try Self.tokenizer(step.member, isMap ? Self.map() : step.json)
    let pieces = Self.texts.map(tokenizer.preTokenized)
    let starts = stride(from: 0, to: pieces.count, by: 30)
    let digests = starts.map { PieceDigest.of(pieces[$0..<min($0 + 30, pieces.count)]) }
    #expect(digests.count == step.digests.count)
    let wrong = digests.indices.filter { digests[$0] != step.digests[$0] }
    #expect(wrong.isEmpty, "of \(digests.count) parts \(wrong.prefix(9)) differ")
  }

  /// The `Precompiled` step of XLM-R's pipeline.
  private static func map() throws -> JSON {
    let steps = try GoldenTokenizer.node("family-xlmr.tokenizer.json")
      .required("normalizer").required("normalizers").elements()
    return try #require(steps.first).value
  }

  /// Repetitions of what makes a step look far ahead or back: quadratic time would show.
  @Test(arguments: steps.indices) func longTextsTakeProportionalTime(index: Int) throws {
    let step = Self.steps[index]
    let tokenizer = try Self.tokenizer(
      step.member, step.type == "Precompiled" ? Self.map() : step.json)
    for unit in ["a", " ", "\u{301}", "\u{1100}", "👍🏽\u{200D}", "\u{1F1E9}", "ﷺ", "!", "漢", "\r\n"] {
      let text = String(repeating: unit, count: 20_000 / unit.utf8.count)
      #expect(tokenizer.preTokenized(text).count <= 20_000)
    }
  }
}
