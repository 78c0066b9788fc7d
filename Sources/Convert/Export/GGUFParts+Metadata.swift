import CleaveModel
import CleaveStorage

extension GGUFParts {
  private typealias Field = (key: String, value: GGUFWriter.Value)

  func metadata(
    of tensors: [WeightSource], _ notes: inout [String]
  ) throws -> [(key: String, value: GGUFWriter.Value)] {
    let matrices = tensors.filter { $0.shape.count >= 2 }
    var fields: [Field] = [
      ("general.architecture", .string(form.architecture)),
      ("general.file_type", .uint32(GGUFFileType(of: matrices).rawValue)),
      ("cleave.model_id", .string(artifact.manifest.modelID)),
    ]
    fields += try dimensions(&notes).map { ("\(form.architecture).\($0.key)", $0.value) }
    if matrices.contains(where: { $0.type.isQuantized }) {
      fields.append(("general.quantization_version", .uint32(2)))
    }
    if let exit { fields.append(("cleave.exit_depth", .uint32(UInt32(exit.depth)))) }
    return fields
  }

  /// Keys without the architecture before them.
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
      ("attention.layer_norm_rms_epsilon", .float32(configuration.normEpsilon)),
      ("rope.dimension_count", count(rotated)),
      ("rope.freq_base", .float32(try single(configuration.rope.theta, "rope.theta"))),
    ]
    if case .linear(let factor) = configuration.rope.scaling {
      fields.append(("rope.scaling.type", .string("linear")))
      fields.append(("rope.scaling.factor", .float32(try single(factor, "rope.scaling.factor"))))
    }
    return fields + (try form.write(configuration))
  }

  /// Where llama.cpp computes no window, a context no longer than it is the same model.
  private func contextLength(_ notes: inout [String]) throws -> Int {
    guard let window = configuration.window, !form.hasWindow,
      window.size < configuration.contextLength
    else { return configuration.contextLength }
    guard window.rope == nil else {
      throw InputError(
        file: artifact.path, location: "configuration.sliding_window", found: "a RoPE of its own",
        expected: "a window that \(form.architecture) of llama.cpp has too")
    }
    notes.append(
      "llama.cpp computes no sliding window of \(form.architecture): the context is written as "
        + "\(window.size) tokens, the window, within which the two are the same")
    return window.size
  }

  /// The format has float32 only: another number would be another model.
  private func single(_ value: Double, _ name: String) throws -> Float {
    let rounded = Float(value)
    guard Double(rounded) == value else {
      throw InputError(
        file: artifact.path, location: "configuration.\(name)", found: "\(value)",
        expected: "a number that float32 holds, as GGUF has it")
    }
    return rounded
  }
}
