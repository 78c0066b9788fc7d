import ArgumentParser
import CleaveExits
import CleaveModel
import CleaveStorage
import CleaveTrain

/// The command `cleave exits fit`.
struct ExitsFitCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "fit",
    abstract: "Add early exits whose affine maps are found by least squares, without training.",
    discussion: """
      The model continues the prompts (--self-generate) and reads every text, as for `cleave train`. Then each \
      map is found in closed form: that before a tail leads to the model's hidden states at the depth from which \
      the tail's blocks are copied, an affine body and a readout (affine+tail:4+affine) to the model's last \
      ones. That takes seconds, where training \
      takes minutes, and is what `cleave train` begins with. The tails stay copies of the model's blocks.

      --init auto tries the model's blocks from the exit's depth on as tails, and takes those with which the \
      fitted exits lose least on held-out texts. Example:

        cleave exits fit MODEL --at 12,20 --body affine+tail:4 --replace --init auto \\
          --prompts questions.jsonl:question#200 --self-generate 96 -o OUT
      """)

  @Argument(help: "Model artifact.")
  var model: String

  @OptionGroup(title: "Exits") var exits: ExitPlacementOptions

  @Option(name: .shortAndLong, help: "Directory to write: the model with its exits.")
  var output: String

  @Option(
    help: "Directory for the capture, which `cleave train` can use too (default: OUTPUT.fit).")
  var work: String?

  @OptionGroup(title: "Exits") var vocabulary: ExitVocabularyOptions
  @OptionGroup(title: "Data") var data: TrainingDataOptions

  @Option(help: "Type in which the fitted matrices are stored: q8_0, f16, bf16 or f32.")
  var store = "q8_0"

  @Option(help: "Number of tokens that are computed together; more tokens take more memory.")
  var batchTokens = TrainingSettings().batchTokens

  @OptionGroup var engine: ThreadOptions
  @OptionGroup var outputOptions: OutputOptions
  @OptionGroup var progress: ProgressOptions

  private static let standardBody = "affine+tail:2"

  func validate() throws {
    let placement = try exits.placement(defaultBody: Self.standardBody)
    guard placement.hasMaps || placement.hasAffineBodies else {
      throw ValidationError(
        "--body \(exits.body ?? Self.standardBody) has nothing to fit: expected an affine body, or a map "
          + "around a tail as in affine+tail:4; exits add attaches other exits")
    }
    if exits.tails == .auto, !placement.hasTails {
      throw ValidationError("--init auto is for exits with a tail; \(exits.body ?? "") has none")
    }
    try TrainingOptions.checkStore(store)
    try TrainingOptions.checkBatchTokens(batchTokens)
    try data.check()
  }

  func run() throws {
    let placement = try exits.placement(defaultBody: Self.standardBody)
    var job = ExitTraining(
      source: model, target: output, exits: placement.records(threshold: exits.threshold),
      directory: work ?? "\(output).fit")
    job.fit = FitSettings()
    job.hasFeedback = placement.hasFeedback
    job.searchesTails = exits.tails == .auto
    job.tailStart = exits.tails?.start
    job.data = try data.settings()
    job.store = data.capture
    job.settings.batchTokens = batchTokens
    job.topK = data.teacherTokens ?? job.topK
    job.largestStore = data.largestStore
    job.storedType = TrainingOptions.types[store] ?? job.storedType
    job.exitVocabulary = vocabulary.count
    job.threads = engine.threads
    job.force = outputOptions.force
    let display = TrainingDisplay(exits: job.exits, quiet: progress.quiet)
    job.onCapture = display.show
    job.onFit = display.show
    let fit = try UsageError.naming(TrainingOptionNames.all) { try job.runFit() }
    display.finish()
    try Terminal.print(outputOptions.json ? fit.json.text() : fit.text(output: output))
  }
}
