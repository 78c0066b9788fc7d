import ArgumentParser
import CleaveEvaluate
import CleaveModel
import CleavePrompts
import CleaveRuntime
import CleaveStorage

struct CodecsCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "codecs",
    abstract: "What each encoding of hidden states does to the cloud's answers.",
    discussion: """
      The whole model writes a greedy text after each prompt; then prompt and text go through the edge's \
      blocks, each encoding, and the cloud's, all positions at once. Compared with float32: the tokens that \
      the cloud would answer, and its distributions.
      """)

  @Argument(help: "A model with exits.") var model: String
  @Option(help: ArgumentHelp("Prompts, FILE:FIELD[#COUNT][:FORMAT].", valueName: "source"))
  var prompts: [String] = []
  @Option(help: "The most prompts of a source that gives no #COUNT (default: all).")
  var limit: Int?
  @Flag(help: "Prompts as they stand, without the chat template.") var plain = false
  @Option(help: "The most tokens of a prompt; longer texts are cut.") var maxPromptTokens = 256
  @Option(help: "The most tokens of a text.") var maxTokens = 64
  @Option(help: "Threads.") var threads = 1
  @Flag(
    help: "Compare in float32 throughout: rounding activations to 8 bits hides small differences.")
  var exact = false
  @Option(
    help: "Also simulate packings of so many bits a number, each from 2 to 12, with commas.")
  var bits = ""
  @Flag(help: "Print JSON.") var json = false

  func validate() throws {
    guard !prompts.isEmpty else { throw ValidationError("expected --prompts") }
    guard simulated.count == bits.split(separator: ",").count,
      simulated.allSatisfy({ (2...12).contains($0) })
    else { throw ValidationError("--bits \(bits): expected numbers of 2 to 12") }
    guard (1...1024).contains(threads) else {
      throw ValidationError("--threads \(threads): expected 1 to 1024")
    }
    for (name, value) in [
      ("--limit", limit ?? 1), ("--max-tokens", maxTokens),
      ("--max-prompt-tokens", maxPromptTokens),
    ] where !(1...(1 << 20)).contains(value) {
      throw ValidationError("\(name) \(value): expected 1 to \(1 << 20)")
    }
  }

  private var simulated: [Int] { bits.split(separator: ",").compactMap { Int($0) } }

  func run() async throws {
    do {
      let artifact = try Artifact(opening: model)
      var settings = PromptSet.Settings(longest: maxPromptTokens)
      settings.sources = try prompts.map(PromptSource.init(parsing:))
      settings.limit = limit
      settings.usesChatTemplate = !plain
      let tokenizer = try artifact.tokenizer()
      let set = try PromptSet(settings, artifact, tokenizer: tokenizer)
      var measurement = try CodecMeasurement(
        artifact, bits: simulated, numerics: exact ? .exact : .standard,
        pool: try ThreadPool(threads: threads))
      for (index, prompt) in set.prompts.enumerated() {
        try await measurement.add(prompt.tokens, maxTokens: maxTokens)
        Channel.note("codecs  \(index + 1)/\(set.prompts.count) prompts")
      }
      try Channel.reply(json ? measurement.json.text() : measurement.table)
    } catch let error as InputError {
      Channel.note("codecs: \(error)")
      throw ExitCode(2)
    }
  }
}
