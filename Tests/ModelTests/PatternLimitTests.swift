import CleaveStorage
import CleaveText
import TestSupport
import Testing

/// What a regular expression and a text together may cost: expressions that would take more than a few choices for
/// each character are refused, and the largest that are taken come back.
@Suite(.timeLimit(.minutes(20))) struct PatternLimitTests {
  private func fault(_ expression: String) -> PatternFault? {
    do throws(PatternFault) {
      _ = try Pattern(expression)
      return nil
    } catch { return error }
  }

  private func stars(_ count: Int) -> String {
    (0..<count).map { String(Unicode.Scalar(UInt32(0x4E00 + 2 * $0)) ?? "?") + "*" }.joined()
  }

  private func repeated(_ text: String, _ count: Int) -> String {
    String(repeating: text, count: count)
  }

  /// Each choice that can still be made otherwise is kept for each character of the text.
  @Test(arguments: [
    ("(?:(?:a??){500}a)+", 18, "500"), ("(?:(?:a??){7}a)+", 16, "7"),
    ("b(?:a|b|c|d|e|f|g|h)*", 21, "7"), ("(?:(?:a?b?c?d?e?f?x)?y)*", 24, "7"),
    ("(?:(?:a?b?c?x)+d?e?f?y){2,}", 24, "7"), ("(?:(?>a+)b?c?d?e?f?g?x)*+", 24, "7"),
    ("(?:(?:(?:a?){1000}){1000}x)+", 28, "1000000"),
  ]) func repeatsOfManyChoicesAreRefused(expression: String, column: Int, places: String) {
    let fault = fault(expression)
    #expect(fault?.column == column)
    #expect(
      fault?.found == "an unlimited repeat of what has \(places) places with a choice")
    #expect(fault?.expected == "at most 6")
  }

  /// What needs a character each time leaves one choice for it, however often it is repeated.
  @Test(arguments: [
    "(?:(?:a??){6}a)+", "(?:a{0,200}b)+", "(?:\\p{L}\\p{M}*(?: \\p{L}\\p{M}*)*)+",
    "(?:a|b|c|d|e|f)+",
    "(?:(?:(?:a?b)+c?d)+e)+", "(?:a?b?){250}", "(?:A|B|C|D|E|F|G|H|I){1,4}Z",
    "(?:(?=(?:a??){20}b)\\w\\s?)*",
  ]) func repeatsOfFewChoicesAreTaken(expression: String) {
    #expect(fault(expression) == nil)
  }

  @Test func groupsWithManyChoicesAreRefused() {
    let fault = fault("(?>(?:a??){20}a)b")
    #expect(fault?.found == "21 places with a choice in atomic groups")
    #expect(fault?.expected == "at most 16, repeats written out")
    #expect(self.fault("(?>(?:a??){15}a)b\\d++(?>\\s+)") == nil)
  }

  @Test func longExpressionsAreRefused() {
    #expect(fault(stars(1000))?.found == "1000 places with a choice")
    #expect(fault(stars(1000))?.expected == "at most 512, repeats written out")
    #expect(fault("(?:a?\\b){511}" + repeated("a", 3000))?.found.contains("4096 steps") == true)
    #expect(fault(stars(512)) == nil)
  }

  /// Each of these took a tenth of a second and more, and a file may have many.
  @Test func setsAndPlacesAreReadInNoTime() {
    let sets = [
      "[" + repeated("\\w", 8000) + "]", "[" + repeated("\\w&&", 4000) + "\\w]",
      repeated("[[:alnum:]]", 1400), "[" + repeated("[^\\wX]", 2700) + "]",
      "(?i)" + repeated("[^\\w]", 2700), "[" + repeated("\\p{letter}\\P{alnum}", 700) + "]",
    ]
    for number in 0..<60 {
      let expression = sets[number % sets.count]
      #expect(fault(expression) == nil, "\(expression.prefix(20))")
      #expect(fault("(?:a?\\b\\b\\b\\b\\b\\b){500}b") == nil)
      #expect(fault(stars(512)) == nil)
    }
  }

  @Test(arguments: [
    "(?:(?:a??){6}a)+", "(?>(?:(?:a??){6}a)+)", "(?=(?:(?:a??){6}a)+)a+", "(?:(?:a??){6}a)+$",
  ]) func aMillionCharactersMatch(expression: String) throws {
    let text = repeated("a", 1_000_000)
    let pieces = try tokenizer(expression).preTokenized(text)
    #expect(pieces.count == 1 && pieces.first?.isSame(text) == true)
  }

  /// The ends of atomic groups are kept for each character, whatever fails behind them.
  @Test func groupsThatFailAtEachCharacter() throws {
    let pieces = try tokenizer("(?>(?:\\s+a+)+)b|(?>.*y)?+c").preTokenized(repeated(" a", 200_000))
    #expect(pieces.count == 1)
  }

  private func tokenizer(_ expression: String) throws -> Tokenizer {
    let json: JSON = [
      "model": ["type": "BPE", "vocab": [:], "merges": []], "decoder": ["type": "ByteLevel"],
      "pre_tokenizer": [
        "type": "Sequence",
        "pretokenizers": [
          [
            "type": "Split", "pattern": ["Regex": .string(expression)], "behavior": "Isolated",
            "invert": false,
          ],
          [
            "type": "ByteLevel", "add_prefix_space": false, "trim_offsets": true,
            "use_regex": false,
          ],
        ],
      ],
    ]
    return try Tokenizer(JSONNode(json, file: "made"))
  }
}

// MARK: - At the beginning of a text

extension PatternLimitTests {
  @Test(arguments: [
    ("a", "ab", true), ("b", "ab", false), ("", "", true), ("a|ab$", "abc", true),
    ("ab$", "abc", false), ("(?<=x)a", "xa", false), ("é", "ée", true), ("\\w+\\d", "abc1.", true),
    (".*mlp.*", "model.layers.0.mlp.up_proj", true), (".*mlp.*", "model.layers.0", false),
    ("^$", "", true), ("a?", "b", true),
  ]) func matchesTheBeginningAlone(expression: String, text: String, matches: Bool) throws {
    #expect(try Pattern(expression).matchesBeginning(of: text) == matches)
  }

  /// Backtracking without a memory would not come back from these.
  @Test func matchesInProportionToTheText() throws {
    let text = repeated("a", 300_000)
    #expect(try !Pattern("(?:a+)+Z").matchesBeginning(of: text))
    #expect(try !Pattern(".{12}(.+)+Z").matchesBeginning(of: text))
    #expect(try Pattern("(?:a|aa)+$").matchesBeginning(of: text))
  }
}
