import ArgumentParser
import CleaveModel
import CleaveRuntime

struct EngineCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "engine",
    abstract: "Opens a model and measures it as told.",
    discussion: """
      Says first "ready BYTES", the bytes of weights that every token reads. Then each line of \
      standard input is a request, and gets a line:

        tokens COUNT          the ids of the text's first tokens
        prefill COUNT         SECONDS and the token after them: the text's first tokens in one batch
        decode PROMPT COUNT   SECONDS and the tokens: one at a time, after so many of the text's
        batch SEQUENCES PROMPT COUNT
                              the same of so many sequences side by side, step by step

      Every token is fed, its logits and their greedy choice found. The end of the input ends it.
      """)

  @Argument(help: "Model artifact.")
  var model: String

  @Option(help: "Threads to compute with.")
  var threads: Int

  @Option(help: "Type in which the KV cache holds keys and values.")
  var kvCache = Numerics.Cache.f16

  @Option(help: "File whose first tokens are the prompts.")
  var text: String

  func run() async throws {
    let artifact = try Artifact(opening: model)
    let measurement = EngineMeasurement(
      model: try WholeModel(artifact), numerics: Numerics(activations: .int8, cache: kvCache),
      pool: try ThreadPool(threads: threads),
      tokens: try artifact.tokenizer().encode(try TextReader.read(text), addSpecialTokens: false))
    try Channel.reply("ready \(artifact.manifest.bytesReadPerToken)")
    while let line = readLine() {
      try Channel.reply(try await answer(line, measurement))
    }
  }

  private func answer(_ line: String, _ measurement: EngineMeasurement) async throws -> String {
    let words = line.split(separator: " ")
    let counts = words.dropFirst().compactMap { Int($0) }.filter { $0 > 0 }
    switch (words.first, counts.count, words.count) {
    case ("tokens", 1, 2):
      return try measurement.prompt(counts[0]).map(String.init).joined(separator: " ")
    case ("prefill", 1, 2): return try await measurement.prefill(counts[0]).line
    case ("decode", 2, 3):
      return try await measurement.decode(after: counts[0], count: counts[1]).line
    case ("batch", 3, 4):
      return try measurement.decode(sequences: counts[0], after: counts[1], count: counts[2]).line
    default: throw ValidationError("request \"\(line)\": expected one of --help")
    }
  }
}

extension Numerics.Cache: ExpressibleByArgument {}

extension Manifest {
  /// The bytes of weights that one token reads in the whole model. An embedding that is not also the
  /// unembedding does not count: one row of it is read.
  var bytesReadPerToken: Int {
    files.filter { $0.path != ArtifactLayout.embedding || configuration.tiedEmbeddings }
      .flatMap(\.tensors).reduce(0) { $0 + ($1.byteCount ?? 0) }
  }
}
