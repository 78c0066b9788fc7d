import ArgumentParser
import CleaveModel
import CleaveQuantize

struct QuantizeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "quantize",
    abstract: "Make a model smaller: round its weights to few bits.",
    discussion: """
      Norms stay floats; the head (and the embedding, where it is the head too) gets more bits than \
      the rest. Rows that are not whole blocks of the wanted type get another one, and the result \
      says which. Exits are kept. The new artifact is another model, with another model id.
      """)

  @Argument(help: "Model artifact.")
  var model: String

  @Option(
    help: ArgumentHelp(
      "Which types: \(Recipe.allCases.map(\.rawValue).joined(separator: ", "))."))
  var recipe: Recipe

  @Option(name: .shortAndLong, help: "Directory to make; not needed for --dry-run.")
  var output: String?

  @Option(
    help: ArgumentHelp(
      "Another type where the name matches, as in 'attention.value=Q8_0'; repeatable, last wins.",
      valueName: "regex=type"))
  var tensor: [String] = []

  @Option(help: "Type for matrices of the exits.")
  var exits: String?

  @Option(help: ArgumentHelp("Importance of the columns, for search.", valueName: "file"))
  var imatrix: String?

  @Option(help: "How scales are found: plain, from the extremes; search, for the least error.")
  var effort = QuantizationSettings.Effort.search

  @Flag(help: "Round again what is in blocks already.")
  var allowRequantize = false

  @Flag(help: "Only say what every tensor would become, and the sizes.")
  var dryRun = false

  @OptionGroup var engine: EngineOptions
  @OptionGroup var outputOptions: OutputOptions
  @OptionGroup var progress: ProgressOptions

  func validate() throws {
    guard dryRun || output != nil else { throw ValidationError("--output or --dry-run is needed") }
    if let exits, TensorType(named: exits) == nil {
      throw ValidationError("--exits \(exits): expected a type, as in Q8_0")
    }
  }

  private func settings() throws -> QuantizationSettings {
    var settings = QuantizationSettings(recipe: recipe)
    settings.overrides = try tensor.map { try TensorOverride($0) }
    settings.exits = exits.flatMap(TensorType.init(named:))
    settings.allowRequantize = allowRequantize
    settings.effort = effort
    settings.importance = imatrix
    return settings
  }

  func run() throws {
    guard !dryRun, let output else { return try showPlan() }
    let line = ProgressLine("quantize", unit: .bytes, quiet: progress.quiet)
    var quantizer = Quantizer(source: model, target: output, settings: try settings())
    quantizer.force = outputOptions.force
    quantizer.threads = engine.threads
    quantizer.progress = { line.show($0, of: $1) }
    defer { line.finish() }
    let (manifest, plan) = try quantizer.run()
    line.finish()
    if outputOptions.json {
      try Terminal.print(plan.json(modelID: manifest.modelID).text())
    } else {
      try Terminal.print("\(output): \(manifest.summary)\n\(plan.summary)")
    }
  }

  private func showPlan() throws {
    let plan = try Quantizer.plan(source: model, settings: try settings())
    try Terminal.print(outputOptions.json ? plan.json.text() : plan.description)
  }
}

extension Recipe: ExpressibleByArgument {}
extension QuantizationSettings.Effort: ExpressibleByArgument {}
