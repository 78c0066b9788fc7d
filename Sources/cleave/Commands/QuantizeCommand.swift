import ArgumentParser
import CleaveConvert
import CleaveEvaluate
import CleaveQuantize
import CleaveStorage

/// The command `cleave quantize`.
struct QuantizeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "quantize",
    abstract: "Make a model smaller by rounding its weights to few bits.",
    discussion: """
      Norms stay floats, and the unembedding (with the embedding, where they are one matrix) gets more \
      bits than the rest. Rows that do not divide into blocks of the chosen type get another type, and \
      the result says which. Exits are kept as they are. The result is another model, with another \
      model id.

      --effort feedback (GPTQ) and --target-bpw run the model on --data: give a text that resembles its \
      later use, and not one that the model is evaluated on.
      """)

  @Argument(help: "Model artifact.")
  var model: String

  @Option(
    help: ArgumentHelp(
      "Recipe of types: \(Recipe.allCases.map(\.rawValue).joined(separator: ", "))."))
  var recipe: Recipe?

  @Option(
    help: ArgumentHelp(
      "Instead of a recipe: mean bits per weight, spent where they reduce the error most.",
      valueName: "bits"))
  var targetBpw: Double?

  @Option(
    help: ArgumentHelp(
      "Types that --target-bpw may choose (default: \(Self.standardTypes)).", valueName: "type,...")
  )
  var types: String?

  @Option(
    help: ArgumentHelp(
      "Text file, UTF-8 (- is standard input), to run the model on.", valueName: "file"))
  var data: String?

  @Option(help: "Number of windows to read, from the beginning of the text (default: 32).")
  var windows: Int?

  @Option(help: "Number of tokens of a window (default: 512).")
  var windowLength: Int?

  @Option(name: .shortAndLong, help: "Directory to write; not needed with --dry-run.")
  var output: String?

  @Option(
    help: ArgumentHelp(
      """
      Type of the matrices whose names match, as in 'attention.value=Q8_0'. May be repeated; the last \
      match wins.
      """, valueName: "regex=type"))
  var tensor: [String] = []

  @Option(
    help: ArgumentHelp(
      "Importance file of `cleave imatrix`, or of llama.cpp (.gguf or .dat), for --effort search.",
      valueName: "file"))
  var imatrix: String?

  @Option(
    help: """
      How scales are chosen: plain takes them from the extremes, search looks for the least error, \
      feedback also corrects each column's error in the columns after it.
      """)
  var effort = QuantizationSettings.Effort.search

  @Flag(help: "Round weights again that are already quantized.")
  var allowRequantize = false

  @Flag(help: "Write nothing: print the type of every tensor, and the sizes.")
  var dryRun = false

  @OptionGroup var engine: ThreadOptions
  @OptionGroup var outputOptions: OutputOptions
  @OptionGroup var progress: ProgressOptions

  func validate() throws {
    guard dryRun || output != nil else { throw ValidationError("--output or --dry-run is needed") }
    guard (recipe == nil) != (targetBpw == nil) else {
      throw ValidationError("expected --recipe or --target-bpw, one of them")
    }
    if let targetBpw, !(1...32).contains(targetBpw) {
      throw ValidationError("--target-bpw \(targetBpw): expected 1 to 32 bits")
    }
    guard types == nil || targetBpw != nil else {
      throw ValidationError("--types needs --target-bpw")
    }
    _ = try candidates()
    guard data != nil || (windows == nil && windowLength == nil) else {
      throw ValidationError("--windows and --window-length need --data")
    }
    if let windows, !(1...1_000_000).contains(windows) {
      throw ValidationError("--windows \(windows): expected 1 to 1000000")
    }
  }

  private static var standardTypes: String {
    QuantizationSettings.standardTypes.map(\.rawValue).joined(separator: ",")
  }

  private func candidates() throws -> [TensorType] {
    guard let types else { return QuantizationSettings.standardTypes }
    return try types.split(separator: ",", omittingEmptySubsequences: false).map {
      guard let type = TensorType(named: String($0)) else {
        throw ValidationError("--types \(types): \"\($0)\" is not a type, as Q8_0 is")
      }
      guard type.isWritten else {
        throw ValidationError(
          "--types \(types): \(type.rawValue) is read and never written; "
            + "choose among \(TensorType.writtenNames)")
      }
      return type
    }
  }

  private func settings() throws -> QuantizationSettings {
    var settings =
      try targetBpw.map { QuantizationSettings(bitsPerWeight: $0, among: try candidates()) }
      ?? QuantizationSettings(recipe: recipe ?? .q8_0)
    settings.overrides = try tensor.map { try TensorOverride($0) }
    settings.allowRequantize = allowRequantize
    settings.effort = effort
    settings.importance = imatrix
    settings.text = data.map { .init(path: $0) }
    if let windows { settings.text?.windows = windows }
    if let windowLength { settings.text?.windowLength = windowLength }
    return settings
  }

  func run() throws {
    try UsageError.naming([
      .bitsPerWeight: "--target-bpw", .tensorOverride: "--tensor", .text: "--data",
      .importance: "--imatrix", .windowLength: "--window-length",
    ]) { try quantize() }
  }

  private func quantize() throws {
    let stages = StageProgress(quiet: progress.quiet)
    var quantizer = Quantizer(source: model, target: output ?? "", settings: try settings())
    quantizer.force = outputOptions.force
    quantizer.namesInGGUF = { GGUFNames.matrices(of: $0) }
    quantizer.threads = engine.threads
    quantizer.progress = { stages.show($0.label, $1, of: $2, unit: $0.unit) }
    defer { stages.finish() }
    if dryRun {
      let (plan, allocation) = try quantizer.plan()
      stages.finish()
      let text = outputOptions.json ? plan.json(nil, allocation).text() : plan.description
      return try Terminal.print(text)
    }
    let (manifest, plan, allocation) = try quantizer.run()
    stages.finish()
    try Terminal.print(
      outputOptions.json
        ? plan.json(manifest.modelID, allocation).text()
        : "\(quantizer.target): \(manifest.summary)\n\(plan.summary)")
  }
}

extension Quantizer.Stage {
  fileprivate var label: String {
    switch self {
    case .sensitivity: "sensitivity"
    case .rounding: "quantize"
    case .feedback: "feedback"
    }
  }

  fileprivate var unit: ProgressLine.Unit {
    switch self {
    case .sensitivity: .items("matrices")
    case .rounding: .bytes
    case .feedback: .items("windows")
    }
  }
}

extension Recipe: ExpressibleByArgument {}
extension QuantizationSettings.Effort: ExpressibleByArgument {}
