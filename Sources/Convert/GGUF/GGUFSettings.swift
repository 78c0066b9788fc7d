import CleaveModel
import CleaveStorage

/// The metadata of one architecture in a GGUF file, as the families ask it: keys without the
/// architecture before them.
struct GGUFSettings {
  let gguf: GGUFFile
  let architecture: String
  /// Vectors that stand beside the weights, by name.
  let tensors: [String: Tensor]

  func key(_ name: String) -> String { "\(architecture).\(name)" }

  func refuse(_ name: String, _ found: String, _ expected: String) -> InputError {
    InputError(file: gguf.file.path, location: key(name), found: found, expected: expected)
  }

  func int(_ name: String) throws -> Int? { try gguf.int(key(name)) }

  func required(_ name: String) throws -> Int { try gguf.required(int(name), key(name)) }

  /// A key that, when there, must have this value.
  func require(_ name: String, _ value: Int, _ meaning: String) throws {
    guard let found = try int(name), found != value else { return }
    throw refuse(name, "\(found)", "\(value), \(meaning)")
  }

  /// Above 0, in float32 too: the manifest would not be read back otherwise.
  func positive(_ name: String) throws -> Double? {
    guard let value = try gguf.number(key(name)) else { return nil }
    guard Float(value) > 0, Float(value).isFinite else {
      throw refuse(name, "\(value)", "a number above 0 within float32")
    }
    return value
  }

  /// The blocks with a window: a list of flags, or how many blocks there are to one without.
  func windowPattern(default pattern: Int, blocks: Int) throws -> [Int] {
    let name = "attention.sliding_window_pattern"
    guard case .array(let flags)? = gguf[key(name)] else {
      return ModelConfiguration.slidingBlocks(of: blocks, pattern: try int(name) ?? pattern)
    }
    guard flags.count == blocks else {
      throw refuse(name, "\(flags.count) flags", "\(blocks), one for each block")
    }
    return try flags.enumerated().filter { _, flag in
      switch flag {
      case .bool(let isSliding): return isSliding
      case .unsigned(let number): return number != 0
      case .signed(let number): return number != 0
      default: throw refuse(name, flag.kind, "flags")
      }
    }.map(\.offset)
  }

  /// LongRoPE's factors stand among the tensors.
  func longRoPE() throws -> LongRoPE? {
    // While the tensors are not read yet, nothing is known.
    guard let short = try vector("rope_factors_short.weight"),
      let long = try vector("rope_factors_long.weight")
    else { return nil }
    return LongRoPE(
      short: short, long: long,
      originalContext: try required("rope.scaling.original_context_length"),
      attentionFactor: Float(try positive("rope.scaling.attn_factor") ?? 1))
  }

  /// A vector of positive numbers.
  func vector(_ name: String) throws -> [Float]? {
    guard let tensor = tensors[name] else { return nil }
    func refuse(_ found: String) -> InputError {
      InputError(
        file: tensor.file.path, location: tensor.name, found: found,
        expected: "a vector of F32, finite and above 0")
    }
    guard tensor.type == .f32, tensor.shape.count == 1, tensor.range.count <= 1 << 20 else {
      throw refuse("\(tensor.type.rawValue) of shape \(tensor.shape)")
    }
    let values = try tensor.widened()
    guard values.allSatisfy({ $0.isFinite && $0 > 0 }) else { throw refuse("other values") }
    return values
  }
}
