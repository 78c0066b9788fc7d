import ArgumentParser
import CleaveEvaluate
import CleaveModel
import CleavePrompts

/// Options that a load and its peer share: prompts, clients and lengths.
struct LoadOptions: ParsableArguments {
  @Option(help: "Prompts, FILE:FIELD.")
  var prompts: String

  @Option(help: "Numbers of clients at once, with commas.")
  var clients = "1,2,4,8,16,32"

  @Option(help: "Texts that each client asks for, one after the other.")
  var texts = 2

  @Option(help: "The most tokens of a text.")
  var tokens = 48

  @Option(help: "Different prompts.")
  var different = 16

  func validate() throws {
    guard counts.count == clients.split(separator: ",").count, !counts.isEmpty,
      counts.allSatisfy({ (1...1024).contains($0) })
    else { throw ValidationError("--clients \(clients): expected numbers of 1 to 1024") }
    guard texts > 0, tokens > 1, different > 0 else {
      throw ValidationError("--texts, --tokens, --different: expected more")
    }
  }

  var counts: [Int] { clients.split(separator: ",").compactMap { Int($0) } }

  func load(_ artifact: Artifact) throws -> [[Int]] {
    var settings = PromptSet.Settings(longest: 256)
    settings.sources = [try PromptSource(parsing: prompts)]
    settings.limit = different
    return try PromptSet(settings, artifact, tokenizer: try artifact.tokenizer())
      .prompts.map(\.tokens)
  }
}
