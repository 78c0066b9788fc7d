import CleaveBuild
import CleaveStorage
import Testing

/// A recipe that is wrong, and all that is said of it.
struct BadRecipe: Sendable, CustomTestStringConvertible {
  let name: String
  let text: String
  let fault: String

  var testDescription: String { name }

  init(_ name: String, _ text: String, _ fault: String) {
    (self.name, self.text, self.fault) = (name, text, fault)
  }

  /// The small recipe with more lines, which begin at its line 6.
  static func small(_ name: String, _ more: String, _ fault: String) -> BadRecipe {
    BadRecipe(name, Recipes.small + more + "\n", fault)
  }

  /// The small recipe with a line of its exits in place of `at`, at line 5.
  static func exits(_ name: String, _ line: String, _ fault: String) -> BadRecipe {
    BadRecipe(
      name, "cleave: 1\nsource:\n  checkpoint: model.gguf\nexits:\n  \(line)\n", fault)
  }
}

/// What is said of wrong recipes: where, what was found, what was expected.
@Suite struct BadRecipeTests {
  static let syntax: [BadRecipe] = [
    .init("empty", "", "line 1, column 1: found nothing; expected a recipe"),
    .init(
      "a list", "- 1\n",
      "line 1, column 1: found a list of 1; expected a section with keys as cleave"),
    .init("a word", "recipe\n", "line 1, column 1: found \"recipe\"; expected a section"),
    .small(
      "a tab", "train:\n\tsteps: 1",
      "line 7, column 1: found found character that cannot start any token"),
    .small(
      "a bracket that is not closed", "train: {steps: 1",
      "line 7, column 1: found did not find expected ',' or '}'"),
    .small(
      "a second document", "---\ncleave: 1", "line 6, column 1: found but found another document"),
    .small(
      "a key twice", "exits: {at: [1]}",
      "found \"exits\" more than once in one section; expected every key once"),
    .small("an inner key twice", "train: {steps: 1, steps: 2}", "found \"steps\" more than once"),
    .small("an undefined alias", "train: *none", "line 6, column 8: found found undefined alias"),
    .small(
      "a key that is no word", "? [1, 2]\n: 3", "line 6, column 3: found a key that is no word"),
    .small(
      "levels", "train: " + String(repeating: "[", count: 40) + String(repeating: "]", count: 40),
      "found more than 16 levels; expected at most that many"),
    .small(
      "brackets", "train: " + String(repeating: "[", count: 5000),
      "line 6, column 72: found 65 open brackets; expected at most 16 levels"),
    .small(
      "aliases", "train: [&a 1, " + String(repeating: "*a, ", count: 20) + "]",
      "found more than 16 aliases; expected at most that many"),
  ]

  static let keys: [BadRecipe] = [
    .small(
      "an unknown key", "calibrat: {}",
      "line 6, column 1: calibrat: found the unknown key \"calibrat\"; expected \"calibrate\", which is the nearest key"
    ),
    .small(
      "an unknown inner key", "train:\n  data: [a]\n  stpes: 3",
      "line 8, column 3: train.stpes: found the unknown key \"stpes\"; expected \"steps\", which is the nearest key of train"
    ),
    .small(
      "a hyphen", "train: {data: [a], time-budget: 3m}",
      "line 6, column 20: train.time-budget: found the unknown key \"time-budget\"; expected \"time_budget\""
    ),
    .small(
      "a key like no other", "zzzzzzzz: 1",
      "line 6, column 1: zzzzzzzz: found the unknown key \"zzzzzzzz\"; expected one of cleave, name, source"
    ),
    .small(
      "publication of something else", "publish: {model: localhost/a:1}",
      "line 6, column 11: publish.model: found the unknown key \"model\"; expected one of edge, cloud"
    ),
    .small(
      "publication without a tag", "publish: {edge: localhost/a}",
      "line 6, column 17: publish.edge: found \"localhost/a\"; expected REGISTRY/NAME:TAG"),
    .small(
      "publication under a name that no registry has", "publish: {edge: \"localhost/A:1\"}",
      "line 6, column 17: publish.edge: found \"A\" as the repository's name; expected REGISTRY/NAME:TAG"
    ),
    .small(
      "publication of nothing", "publish: {}",
      "line 6, column 10: publish: found neither edge nor cloud; expected one of them"),
    .small("a merge key", "<<: {name: x}", "line 6, column 1: <<: found the unknown key \"<<\""),
    .init(
      "no version", "source: {checkpoint: m}\nexits: {at: [1]}\n",
      "line 1, column 1: found no \"cleave\"; expected that key, with an integer from 1 to 1"),
    .init(
      "no source", "cleave: 1\nexits: {at: [1]}\n",
      "line 1, column 1: found no \"source\"; expected that key"),
    .init(
      "no checkpoint", "cleave: 1\nsource: {}\nexits: {at: [1]}\n",
      "line 2, column 9: source: found no \"checkpoint\"; expected that key, with the path of a file"
    ),
    .exits(
      "no depths", "body: norm", "line 5, column 3: exits: found no \"at\"; expected that key"),
    .small(
      "nothing to learn from", "train: {steps: 3}",
      "line 6, column 8: train: found none of data, prompts, self_prompt; expected one of them"),
    .small(
      "steps and time", "train: {data: [a], steps: 3, time_budget: 3m}",
      "line 6, column 43: train.time_budget: found both steps and time_budget; expected one of"),
    .small(
      "answers without prompts", "train: {data: [a], self_generate: 3}",
      "line 6, column 35: train.self_generate: found self_generate without prompts or self_prompt"),
    .small(
      "a bare key", "train:", "line 6, column 1: train: found nothing; expected a section with"),
  ]

  static let values: [BadRecipe] = [
    .init(
      "another version", "cleave: 2\nsource: {checkpoint: m}\nexits: {at: [1]}\n",
      "line 1, column 9: cleave: found \"2\"; expected an integer from 1 to 1"),
    .exits(
      "a word for a list", "at: ten",
      "line 5, column 7: exits.at: found \"ten\"; expected a list of at least 1"),
    .exits(
      "a word in a list", "at: [2, four]",
      "line 5, column 11: exits.at[1]: found \"four\"; expected an integer from 1 to 4095"),
    .exits(
      "depth 0", "at: [0]", "line 5, column 8: exits.at[0]: found \"0\"; expected an integer from 1"
    ),
    .exits(
      "no depth", "at: []",
      "line 5, column 7: exits.at: found a list of 0; expected 1 to 64 elements"),
    .exits(
      "a number in quotes", "at: [\"2\"]",
      "line 5, column 8: exits.at[0]: found \"2\"; expected an integer from 1 to 4095. In quotes it is a text"
    ),
    .exits(
      "a fraction", "at: [2.5]", "line 5, column 8: exits.at[0]: found \"2.5\"; expected an integer"
    ),
    .exits(
      "an octal number", "at: [010]",
      "line 5, column 8: exits.at[0]: found \"010\"; expected an integer"),
    .exits(
      "an integer beyond 64 bits", "at: [99999999999999999999]",
      "line 5, column 8: exits.at[0]: found"),
    .exits(
      "depths that fall", "at: [4, 2]",
      "line 5, column 11: exits.at[1]: found \"2\"; expected more than the 4 blocks of the exit before it"
    ),
    .small(
      "quality of no text", "quality: {windows: 3}",
      "line 6, column 10: quality: found no \"text\"; expected that key, with the path of a file"),
    .small(
      "a window too short", "quality: {text: a.txt, window_length: 3}",
      "line 6, column 39: quality.window_length: found \"3\"; expected an integer from 4 to"),
    .small(
      "a path that is a number", "verify: {prompts: 10}",
      "line 6, column 19: verify.prompts: found \"10\"; expected the path of a file or directory. YAML takes it for a number"
    ),
    .small(
      "yes for true", "import: {chat_template: yes}",
      "line 6, column 25: import.chat_template: found \"yes\"; expected true or false"),
    .small(
      "a time without a unit", "train: {data: [a], time_budget: \"90\"}",
      "line 6, column 33: train.time_budget: found \"90\"; expected a time, as in 90s, 20m or 1h"),
    .small(
      "a size without a unit", "train: {data: [a], capture_limit: \"5\"}",
      "line 6, column 35: train.capture_limit: found \"5\"; expected a size, as in 500M or 20G"),
    .small(
      "a risk of 0", "calibrate: {prompts: [{file: a, field: b}], risk: 0}",
      "line 6, column 51: calibrate.risk: found \"0\"; expected a number from 1e-06 to 0.999999"),
    .small(
      "a signal that is none", "calibrate: {prompts: [{file: a, field: b}], signal: margn}",
      "line 6, column 53: calibrate.signal: found \"margn\"; expected one of max_probability, margin, entropy. Is margin meant?"
    ),
    .small(
      "a format without its hole",
      "calibrate: {prompts: [{file: a, field: b, format: \"Say: {a}\"}]}",
      "line 6, column 51: calibrate.prompts[0].format: found \"Say: {a}\"; expected {b} once, where the text goes"
    ),
    .small(
      "a loss without references",
      "calibrate: {prompts: [{file: a, field: b}], loss: accuracy-drop}",
      "line 6, column 51: calibrate.loss: found \"accuracy-drop\"; expected references beside it"),
    .small(
      "a text for a section", "partition: half",
      "line 6, column 12: partition: found \"half\"; expected a section with keys as cloud_blocks"),
    .small(
      "a recipe that is none", "quantize: {recipe: q9_0}",
      "line 6, column 20: quantize.recipe: found \"q9_0\"; expected one of"),
    .small(
      "an override without a type", "quantize: {recipe: q8_0, tensors: [value]}",
      "line 6, column 36: quantize.tensors[0]: found no \"=\"; expected REGEX=TYPE"),
    .small(
      "weights for other exits", "train: {data: [a], exit_weights: [1]}",
      "line 6, column 34: train.exit_weights: found 1 weights; expected one for each of 2 exits"),
    .small(
      "answers longer than texts",
      "train: {prompts: [{file: a, field: b}], self_generate: 64, longest: 32}",
      "line 6, column 69: train.longest: found texts of 32 tokens; expected more than the 64 new ones"
    ),
    .small(
      "two exports of a name", "exports: [{name: a, format: hf}, {name: a, format: gguf}]",
      "line 6, column 41: exports[1].name: found \"a\"; expected a name that no other export has"),
    .small(
      "an edge without its exit", "exports: [{name: a, format: hf, of: edge}]",
      "exports[0].of: found of: edge without exit; expected exit: one of [2, 4], where it ends"),
    .small(
      "an exit that is not there", "exports: [{name: a, format: hf, of: model, exit: 3}]",
      "exports[0].exit: found \"3\"; expected one of the exits, [2, 4]"),
    BadRecipe(
      "an exit that no program runs",
      Recipes.small.replacing("at: [2, 4]", with: "at: [2, 4]\n  body: affine")
        + "exports: [{name: a, format: hf, of: edge, exit: 2}]\n",
      "exports[0].exit: found an exit with the body affine; expected the body norm, or a tail"),
    .small(
      "a type of a GGUF file", "exports: [{name: a, format: gguf, type: f16}]",
      "line 6, column 41: exports[0].type: found type: f16; expected the format hf beside it"),
    .small(
      "a name with a slash", "exports: [{name: ../a, format: gguf}]",
      "line 6, column 18: exports[0].name: found \"../a\"; expected a name of letters, digits"),
    .small(
      "held-out prompts without a promise", "verify: {held_out: [{file: a, field: b}]}",
      "line 6, column 20: verify.held_out: found held-out prompts of exits that are not calibrated"),
    .small(
      "held-out prompts of a program's loss",
      "calibrate: {prompts: [{file: a, field: b}], loss: \"command:true\"}\nverify: {held_out: [{file: c, field: d}]}",
      "line 7, column 20: verify.held_out: found held-out prompts of a loss that a program computes; expected another calibrate.loss"
    ),
    .small(
      "held-out prompts without references",
      "calibrate: {prompts: [{file: a, field: b}], loss: rouge-drop, references: r}\nverify: {held_out: [{file: c, field: d}]}",
      "line 7, column 20: verify.held_out: found held-out prompts without references; expected references beside them, which rouge-drop"
    ),
    BadRecipe(
      "an export of an exit with a vocabulary",
      Recipes.small.replacing("at: [2, 4]", with: "at: [2, 4]\n  body: tail:1\n  vocabulary: 9")
        + "train: {data: [a]}\nexports: [{name: a, format: hf, exit: 2}]\n",
      "exports[0].exit: found an exit that answers with exits.vocabulary tokens; expected an exit of all tokens"
    ),
    BadRecipe(
      "an export behind a map",
      Recipes.small.replacing(
        "at: [2, 4]", with: "at: [2, 4]\n  body: [\"affine+tail:1\", \"tail:1\"]\n  replace: true")
        + "exports: [{name: a, format: hf, exit: 4}]\n",
      "exports[0].exit: found an exit behind the map of the exit at 2; expected blocks that follow"),
    .small(
      "a variable that is not set", "name: ${env:NO_SUCH}",
      "line 6, column 7: name: found ${env:NO_SUCH}, which is not set; expected a variable of the environment"
    ),
    .small(
      "a variable of another kind", "name: ${NAME}",
      "line 6, column 7: name: found ${NAME}; expected ${env:NAME}. Write $${"),
    .small(
      "a variable without an end", "name: ${env:NAME",
      "line 6, column 7: name: found \"${env:NAME\"; expected ${env:NAME}"),
    .init(
      "a vocabulary without training", Recipes.small + "  vocabulary: 9\n",
      "line 6, column 15: exits.vocabulary: found vocabulary without train; expected a train section"
    ),
    .init(
      "bodies for other exits", Recipes.small + "  body: [norm, norm, mlp]\n",
      "line 6, column 9: exits.body: found 3 bodies; expected one, or one for each of 2 exits"),
    .init(
      "a body that is none", Recipes.small + "  body: tails:3\n",
      "line 6, column 9: exits.body: found \"tails:3\"; expected an exit's body, or a list"),
    .init(
      "feedback without a tail", Recipes.small + "  feedback: true\n",
      "line 6, column 13: exits.feedback: found feedback to an exit with the body norm"),
  ]

  @Test(arguments: syntax + keys + values) func wrongRecipesAreRefused(_ bad: BadRecipe) throws {
    let fault = try Recipes.fault(bad.text)
    #expect(fault.hasPrefix("r.yaml: line "), "\(fault)")
    #expect(fault.contains(bad.fault), "\(fault)")
  }

  @Test func thereAreFortyOfThem() {
    #expect((Self.syntax + Self.keys + Self.values).count >= 40)
  }

  /// Anchors that name one another would make millions of values.
  @Test func anAliasBombIsRefused() throws {
    let levels = (1...9).map { level in
      "  - &a\(level) [" + (0..<9).map { _ in "*a\(level - 1)" }.joined(separator: ", ") + "]\n"
    }
    let fault = try Recipes.fault("train:\n  - &a0 [x]\n" + levels.joined())
    #expect(fault.contains("more than 16 aliases"), "\(fault)")
    let few = (1...5).map { "  - &a\($0) [*a\($0 - 1), *a\($0 - 1), *a\($0 - 1)]\n" }
    let expanded = try Recipes.fault("train:\n  - &a0 [x]\n" + few.joined())
    #expect(expanded.contains("train: found a list of 6"), "\(expanded)")
  }

  @Test func aRecipeThatIsTooLargeIsRefused() throws {
    let fault = try Recipes.fault(Recipes.small + String(repeating: "#", count: 1 << 18))
    #expect(fault.contains("expected at most 262144 bytes"))
    let many = Recipes.small + "exports: [" + String(repeating: "a, ", count: 11_000) + "]\n"
    #expect(try Recipes.fault(many).contains("more than 10000 values"))
  }
}
