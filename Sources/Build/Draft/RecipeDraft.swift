import CleaveConvert
import CleaveModel
import CleaveStorage

/// A recipe for a model, with what a person should know and decide in comments.
package struct RecipeDraft {
  /// The checkpoint as the recipe will name it.
  private let source: String
  private let configuration: ModelConfiguration
  private let bytes: Int
  private let isQuantized: Bool
  private let device: DeviceProfile?

  /// - Parameter name: the path of the checkpoint that the recipe is to have.
  /// - Throws: `InputError` for a checkpoint that cannot be imported.
  package init(model path: String, named name: String, device: DeviceProfile?) throws {
    source = name
    self.device = device
    let outline = try Importer(source: path, target: "").outline()
    configuration = outline.configuration
    bytes = try outline.files.reduce(0) { $0 + (try MappedFile.size(of: $1)) }
    let weights = Double(configuration.blockCount) * Self.blockWeights(configuration)
    // 16 bits a weight and more are floats.
    isQuantized = Double(bytes) < 1.6 * weights
  }

  /// Roughly the weights of a block.
  private static func blockWeights(_ model: ModelConfiguration) -> Double {
    let hidden = Double(model.hiddenSize)
    return 2 * hidden * (hidden + Double(model.kvSize))
      + 3 * hidden * Double(model.intermediateSize)
  }

  /// The depths of exits: a third and two thirds of the blocks, or as many as the device holds.
  var depths: [Int] {
    let blocks = configuration.blockCount
    guard blocks >= 3 else { return [max(1, blocks - 1)] }
    var first = max(1, blocks / 3)
    if let device {
      let perBlock = max(1, bytes / (blocks + 1))
      first = max(1, min(first, device.memoryBytes / 2 / perBlock - tailBlocks * 2 - 1))
    }
    return [first, min(blocks - 1, max(first + 1, first + blocks / 3))]
  }

  /// The blocks of each tail.
  private var tailBlocks: Int { configuration.blockCount >= 24 ? 3 : 1 }

  /// The recipe as YAML.
  package var text: String {
    let parts = [head, quantize, exits, train, calibrate, rest]
    return parts.joined(separator: "\n")
  }

  private var head: String {
    """
    # A recipe of `cleave build` (specs/recipe.md). Paths are relative to this file.
    # \(configuration.architecture), \(configuration.blockCount) blocks, hidden size \
    \(configuration.hiddenSize), \(configuration.vocabularySize) tokens.
    cleave: 1

    source:
      checkpoint: "\(source.yamlQuoted)"

    """
  }

  private var quantize: String {
    isQuantized
      ? """
      # The weights are quantized already, and keep their bits.
      # quantize: {recipe: q4_0, allow_requantize: true}

      """
      : """
      # 4 to 5 bits a weight: a third of the size and of the memory. Leave it out to keep the floats.
      quantize:
        recipe: balanced
      # What that costs, on a text of yours:
      # quality: {text: text.txt, windows: 20}

      """
  }

  private var exits: String {
    let list = depths.map(String.init).joined(separator: ", ")
    let count = depths.count
    let first = "affine+tail:\(tailBlocks)+affine"
    let bodies =
      count == 1 ? "\"affine+tail:\(tailBlocks)\"" : "[\"\(first)\", \"affine+tail:\(tailBlocks)\"]"
    let vocabulary =
      configuration.vocabularySize > 16_384
      ? "  # Exits answer with these tokens alone, which costs the edge less memory and time.\n  vocabulary: 8192\n"
      : ""
    let about =
      device.map { "for \($0.name), \($0.memoryBytes / 1_000_000) MB of memory" }
      ?? "a third and two thirds of the blocks"
    guard !configuration.hasStates else { return plainExits(list, about, vocabulary) }
    return """
      # Where the edge answers: \(about).
      exits:
        at: [\(list)]
        body: \(bodies)
        # The second exit goes on from the first, and the edge holds no blocks of the model between.
        replace: \(count > 1)
        # The cloud's states come back to the first exit.
        feedback: true
      \(vocabulary)
      """
  }

  /// Exits without blocks of their own: tails whose blocks have a state are not trained.
  private func plainExits(_ list: String, _ about: String, _ vocabulary: String) -> String {
    """
    # Where the edge answers: \(about). Tails are not trained where blocks have a state.
    exits:
      at: [\(list)]
      body: affine
    \(vocabulary)
    """
  }

  private var train: String {
    """
    # The exits learn what the model itself says. With prompts of your users' kind they learn more:
    #   prompts: [{file: train.jsonl, field: question}]
    train:
      self_prompt: 2000
      self_generate: 96
      # An hour learns far more than minutes. Another machine makes other bytes of a time budget: give
      # steps in its place where builds must be equal.
      time_budget: 20m
      # The last bits follow the number of threads, so it is a part of the recipe.
      threads: \(device?.threads ?? 2)

    """
  }

  private var calibrate: String {
    """
    # The promise, on prompts that nothing was trained on. Without it thresholds stay as they are.
    # calibrate:
    #   prompts: [{file: calibrate.jsonl, field: question}]
    #   risk: 0.05
    #   delta: 0.05

    """
  }

  private var rest: String {
    """
    # Both bundles must say what the model says. With calibrate, held-out prompts measure the promise:
    #   held_out: [{file: check.jsonl, field: question}]
    verify:
      max_tokens: 64

    # For other programs:
    # exports:
    #   - {name: cloud, format: hf, of: cloud}
    #   - {name: model, format: hf, of: model}

    """
  }
}

extension String {
  /// The text as it stands between double quotes in YAML.
  fileprivate var yamlQuoted: String {
    replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("\n", with: "\\n")
  }
}
