import ArgumentParser
import CleaveExits
import CleaveModel
import CleaveStorage
import CleaveTrain

/// The command `cleave train`.
struct TrainCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "train",
    abstract: "Train early exits on a model whose own weights stay as they are.",
    discussion: """
      The exits learn to predict what the model itself says. First the model continues the prompts \
      (--self-generate) and reads every text; its hidden states and most probable tokens are captured in \
      the work directory. Then the exits are trained on the capture, as often as asked. Once that has \
      begun, Ctrl-C or a kill loses only the time since the last training snapshot: the same command \
      resumes from it, and produces the same bytes. A capture that is interrupted begins again.

      An exit is a body, then a norm, then the model's unembedding. Bodies: norm; affine or affine:RANK; \
      mlp; tail:N, which is N transformer blocks of the exit's own; affine+tail:N, an affine map before \
      them, and affine+tail:N+affine, a readout behind them, which training begins with as least \
      squares finds them. `cleave exits add --help` says more about \
      them. With --replace, every exit after the first reads the exit before it, and the edge does \
      not hold the model's blocks between the two.

      Prompts come from JSON-lines files, FILE:FIELD[#COUNT][:FORMAT], and go through the chat template. \
      Example: 'xsum.jsonl:document#800:Summarize this:\\n\\n{document}'. \(PromptSourceHelp.text) \
      Without any data of yours, --self-prompt 2000 lets the model write its prompts.
      """)

  @Argument(help: "Model artifact.")
  var model: String

  @OptionGroup(title: "Exits") var exits: ExitPlacementOptions

  @Option(name: .shortAndLong, help: "Directory to write: the model with its exits.")
  var output: String

  @Option(
    help: """
      Directory for the capture, the training snapshot, the log and the learning curve \
      (default: OUTPUT.train).
      """)
  var work: String?

  @OptionGroup(title: "Exits") var vocabulary: ExitVocabularyOptions
  @OptionGroup(title: "Data") var data: TrainingDataOptions
  @OptionGroup(title: "Training") var training: TrainingOptions
  @OptionGroup var engine: ThreadOptions
  @OptionGroup var outputOptions: OutputOptions
  @OptionGroup var progress: ProgressOptions

  private static let standardBody = "tail:2"

  func validate() throws {
    let placement = try exits.placement(defaultBody: Self.standardBody)
    try data.check()
    try training.check()
    if training.fit == true, !placement.hasMaps, !placement.hasAffineBodies {
      throw ValidationError(
        "--fit: \(exits.body ?? Self.standardBody) has nothing to fit; expected an affine body or map"
      )
    }
    if let weights = training.exitWeights, weights.count != placement.depths.count {
      throw ValidationError(
        "--exit-weights: found \(weights.count), expected one for each of \(placement.depths.count) exits"
      )
    }
    if exits.tails == .auto, !placement.hasTails {
      throw ValidationError(
        "--init auto is for exits with a tail; \(exits.body ?? Self.standardBody) has none")
    }
  }

  func run() throws {
    let placement = try exits.placement(defaultBody: Self.standardBody)
    var job = ExitTraining(
      source: model, target: output, exits: placement.records(threshold: exits.threshold),
      directory: work ?? "\(output).train")
    job.fit = training.fit ?? placement.hasMaps ? FitSettings() : nil
    job.hasFeedback = placement.hasFeedback
    job.searchesTails = exits.tails == .auto
    job.data = try data.settings()
    job.store = data.capture
    job.settings = training.settings()
    job.tailStart = exits.tails?.start
    job.exitVocabulary = vocabulary.count
    job.topK = data.teacherTokens ?? job.topK
    job.largestStore = data.largestStore
    job.storedType = training.storedType
    job.threads = engine.threads
    job.force = outputOptions.force
    let display = TrainingDisplay(exits: job.exits, quiet: progress.quiet)
    job.onCapture = display.show
    job.onBegin = {
      // From here on there is a training snapshot to resume from.
      Interruption.stopGently()
      display.show($0)
    }
    job.onFit = display.show
    job.onReport = display.show
    job.shouldStop = { Interruption.isRequested }
    let result = try UsageError.naming(TrainingOptionNames.all) { try job.run() }
    display.finish()
    guard let manifest = result.manifest else {
      Terminal.writeError("stopped; the same command resumes from the training snapshot\n")
      throw Interrupted()
    }
    try Terminal.print(
      outputOptions.json
        ? result.json.text() : result.text(output: output, summary: manifest.summary))
  }
}
