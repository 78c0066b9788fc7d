import ArgumentParser
import CleaveExits
import CleaveModel
import CleaveStorage
import CleaveTrain

struct TrainCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "train",
    abstract: "Train early exits on a frozen model.",
    discussion: """
      The model itself is the teacher: first it continues the prompts (--self-generate) and reads \
      every text, and its hidden states and best tokens go to the disk, in the work directory; then \
      the exits learn from that, as often as asked. Once they do, Ctrl-C or a kill loses nothing but the \
      time since the last checkpoint: the same command goes on, to the same bytes. A capture that was \
      stopped begins again.

      An exit is a body, then a norm, then the model's own head. Bodies: norm; affine or affine:RANK; \
      mlp; tail:K, which is K transformer blocks of the exit's own. With --replace every exit after the \
      first goes on from the exit before, and the edge does not hold the model's blocks between them.

      Prompts are FILE:FIELD[#COUNT][:FORMAT], from a JSON-lines file through the chat template, as in \
      'xsum.jsonl:document#800:Summarize this:\\n\\n{document}'.
      """)

  @Argument(help: "Model artifact.")
  var model: String

  @Option(help: "Depths the exits stand for, as in 10,20; the first reads the model there.")
  var exits: String

  @Option(help: "Body of the exits, one for all or one for each, as in tail:4,tail:4.")
  var body = "tail:2"

  @Flag(help: "Exits after the first go on from the one before, in place of the model's blocks.")
  var replace = false

  @Option(
    name: .customLong("init"),
    help: """
      Tails begin as the model's last blocks, or as the next after what they read. (default: last, \
      or as `exits add` began them)
      """)
  var start: TailStart?

  @Option(name: .shortAndLong, help: "Directory to make: the model with its exits.")
  var output: String

  @Option(help: "Directory of capture, checkpoint, log and curve (default: OUTPUT.train).")
  var work: String?

  @Option(help: "Confidence from which an exit answers, until it is calibrated; above 1 is off.")
  var threshold = 0.9

  @OptionGroup(title: "Data") var data: TrainingDataOptions
  @OptionGroup(title: "Training") var training: TrainingOptions
  @OptionGroup var engine: ThreadOptions
  @OptionGroup var outputOptions: OutputOptions
  @OptionGroup var progress: ProgressOptions

  func validate() throws {
    _ = try records()
    try data.check()
    try training.check()
  }

  private func records() throws -> [ExitRecord] {
    do {
      return try ExitPlacement(
        depths: exits, bodies: body, replacesBlocks: replace, depthsOption: "--exits"
      ).records(threshold: threshold)
    } catch {
      throw ValidationError(error.description)
    }
  }

  func run() throws {
    var job = ExitTraining(
      source: model, target: output, exits: try records(), directory: work ?? "\(output).train")
    job.data = try data.settings()
    job.store = data.capture
    job.settings = training.settings()
    job.tailStart = start
    job.topK = data.teacherTokens ?? job.topK
    job.largestStore = data.largestStore
    job.storedType = training.storedType
    job.threads = engine.threads
    job.force = outputOptions.force
    let display = TrainingDisplay(exits: job.exits, quiet: progress.quiet)
    job.onCapture = display.show
    job.onBegin = {
      // From here on there is a checkpoint to go on from.
      Interruption.stopGently()
      display.show($0)
    }
    job.onReport = display.show
    job.shouldStop = { Interruption.isRequested }
    let result = try job.run()
    display.finish()
    guard let manifest = result.manifest else {
      Terminal.writeError("stopped; the same command goes on from the checkpoint\n")
      throw Interrupted()
    }
    try Terminal.print(
      outputOptions.json
        ? result.json.text() : result.text(output: output, summary: manifest.summary))
  }
}
