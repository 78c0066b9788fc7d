import CleaveModel
import CleaveStorage

extension GGUFContents {
  private typealias Field = (key: String, value: GGUFWriter.Value)

  func metadata(
    of tensors: [WeightSource], _ notes: inout [String]
  ) throws -> [(key: String, value: GGUFWriter.Value)] {
    let matrices = tensors.filter { $0.shape.count >= 2 }
    var fields: [Field] = [
      ("general.architecture", .string(format.architecture)),
      ("general.file_type", .uint32(GGUFFileType(of: matrices).rawValue)),
      ("cleave.model_id", .string(artifact.manifest.modelID)),
    ]
    fields += try dimensions(&notes).map { ("\(format.architecture).\($0.key)", $0.value) }
    if matrices.contains(where: { $0.type.isQuantized }) {
      fields.append(("general.quantization_version", .uint32(2)))
    }
    if let exit { fields.append(("cleave.exit_depth", .uint32(UInt32(exit.depth)))) }
    return fields
  }

  /// The architecture's fields, their keys without the `architecture.` prefix.
  private func dimensions(_ notes: inout [String]) throws -> [Field] {
    func count(_ value: Int) -> GGUFWriter.Value { .uint32(UInt32(value)) }
    let rotated = configuration.rope.rotatedPairs.map { 2 * $0 } ?? configuration.headDimension
    var fields: [Field] = [
      ("vocab_size", count(configuration.vocabularySize)),
      ("context_length", count(try contextLength(&notes))),
      ("embedding_length", count(configuration.hiddenSize)),
      ("block_count", count(configuration.blockCount)),
      ("feed_forward_length", count(configuration.intermediateSize)),
      ("attention.head_count", count(configuration.headCount)),
      ("attention.head_count_kv", count(configuration.kvHeadCount)),
      ("attention.key_length", count(configuration.headDimension)),
      ("attention.value_length", count(configuration.headDimension)),
      (format.epsilonKey, .float32(configuration.normEpsilon)),
    ]
    if !configuration.isWithoutRoPE {
      fields += [
        ("rope.dimension_count", count(rotated)),
        ("rope.freq_base", .float32(try single(configuration.rope.theta, "rope.theta"))),
      ]
    }
    if case .linear(let factor) = configuration.rope.scaling {
      fields.append(("rope.scaling.type", .string("linear")))
      fields.append(("rope.scaling.factor", .float32(try single(factor, "rope.scaling.factor"))))
    }
    if case .yarn(let yarn) = configuration.rope.scaling { fields += try members(of: yarn, &notes) }
    return fields + (try format.write(configuration, artifact.path))
  }

  /// The fields of YaRN. llama.cpp multiplies cosines and sines by what the factor makes (`YaRN.attentionFactor`) and
  /// by `attn_factor`, and rounds the bounds of pairs always, those of a gpt-oss too.
  private func members(of yarn: YaRN, _ notes: inout [String]) throws -> [Field] {
    guard yarn.truncates == format.truncatesYaRN else {
      let reason =
        format.truncatesYaRN
        ? "llama.cpp rounds the bounds between kept and divided frequencies"
        : "files of \(format.architecture) mean bounds that are not rounded"
      throw InputError(
        file: artifact.path, location: "configuration.rope.scaling.truncates",
        found: "\(yarn.truncates)", expected: "\(format.truncatesYaRN): \(reason)")
    }
    if !yarn.truncates {
      notes.append(
        "llama.cpp rounds the bounds of YaRN to whole pairs, which this model does not: its tokens may "
          + "differ there")
    }
    var fields: [Field] = [
      ("rope.scaling.type", .string("yarn")),
      ("rope.scaling.factor", .float32(try single(yarn.factor, "rope.scaling.factor"))),
      ("rope.scaling.original_context_length", .uint32(UInt32(yarn.originalContext))),
      (
        "rope.scaling.yarn_beta_fast", .float32(try single(yarn.betaFast, "rope.scaling.beta_fast"))
      ),
      (
        "rope.scaling.yarn_beta_slow", .float32(try single(yarn.betaSlow, "rope.scaling.beta_slow"))
      ),
    ]
    let usual = YaRN.attentionFactor(of: yarn.factor)
    if format.hasLogMultiplier, yarn.attentionFactor == 1 {
      fields.append(("rope.scaling.yarn_log_multiplier", .float32(1)))
    } else if yarn.attentionFactor != Float(usual) {
      fields.append(
        ("rope.scaling.attn_factor", .float32(Float(Double(yarn.attentionFactor) / usual))))
    }
    return fields
  }

  /// The context length to write. For an architecture whose sliding window llama.cpp does not
  /// compute, it is capped at the window size: within that context both compute the same.
  ///
  /// - Throws: `InputError` if the sliding window has its own RoPE, which such an architecture
  ///   lacks.
  private func contextLength(_ notes: inout [String]) throws -> Int {
    // llama.cpp takes the context for the number of rows of their matrix.
    if let positions = configuration.learnedPositions { return positions }
    guard let window = configuration.window, !format.hasWindow,
      window.size < configuration.contextLength
    else { return configuration.contextLength }
    guard window.rope == nil else {
      throw InputError(
        file: artifact.path, location: "configuration.sliding_window", found: "a RoPE of its own",
        expected: "one RoPE for all blocks, as llama.cpp computes \(format.architecture)")
    }
    notes.append(
      "llama.cpp computes no sliding window of \(format.architecture): the context is written as "
        + "\(window.size) tokens, the window, within which the two are the same")
    return window.size
  }

  /// `value` as float32, the only float type of GGUF metadata.
  ///
  /// - Throws: `InputError` if float32 cannot hold the value exactly, because the exported model
  ///   would compute something else.
  private func single(_ value: Double, _ name: String) throws -> Float {
    let rounded = Float(value)
    guard Double(rounded) == value else {
      throw InputError(
        file: artifact.path, location: "configuration.\(name)", found: "\(value)",
        expected: "a number that float32 holds exactly, because GGUF stores float32")
    }
    return rounded
  }
}
