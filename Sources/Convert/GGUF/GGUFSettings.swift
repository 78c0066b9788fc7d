import CleaveModel
import CleaveStorage

/// The metadata of one architecture in a GGUF file, addressed by keys without the architecture
/// prefix.
struct GGUFSettings {
  let gguf: GGUFFile
  let architecture: String
  /// Tensors that hold settings, by name.
  let tensors: [String: Tensor]

  func key(_ name: String) -> String { "\(architecture).\(name)" }

  func refuse(_ name: String, _ found: String, _ expected: String) -> InputError {
    InputError(file: gguf.file.path, location: key(name), found: found, expected: expected)
  }

  func int(_ name: String) throws -> Int? { try gguf.int(key(name)) }

  func required(_ name: String) throws -> Int { try gguf.required(int(name), key(name)) }

  /// Checks that an optional key, if present, has the given value.
  func require(_ name: String, _ value: Int, _ meaning: String) throws {
    guard let found = try int(name), found != value else { return }
    throw refuse(name, "\(found)", "\(value), \(meaning)")
  }

  /// A number above 0, also as float32: the manifest stores it so and would not be read back
  /// otherwise.
  func positive(_ name: String) throws -> Double? {
    guard let value = try gguf.number(key(name)) else { return nil }
    guard Float(value) > 0, Float(value).isFinite else {
      throw refuse(name, "\(value)", "a number above 0 within float32")
    }
    return value
  }

  /// The LongRoPE settings, whose factors are stored as tensors; nil if there are none.
  func longRoPE() throws -> LongRoPE? {
    // Nil also on the first reading, before the tensors are read.
    guard let short = try vector("rope_factors_short.weight"),
      let long = try vector("rope_factors_long.weight")
    else { return nil }
    return LongRoPE(
      short: short, long: long,
      originalContext: try required("rope.scaling.original_context_length"),
      attentionFactor: Float(try positive("rope.scaling.attn_factor") ?? 1))
  }

  /// YaRN's settings as llama.cpp applies them: `attn_factor` multiplies what the factor makes.
  ///
  /// - Parameters:
  ///   - hasLogMultiplier: whether it reads `yarn_log_multiplier` for the architecture.
  ///   - truncates: whether the bounds are rounded.
  func yarn(factor: Double, hasLogMultiplier: Bool, truncates: Bool) throws -> YaRN {
    for name in ["rope.scaling.yarn_ext_factor", "rope.scaling.yarn_attn_factor"] {
      if let found = try gguf.number(key(name)), found != 1 {
        throw refuse(name, "\(found)", "1, or no such key")
      }
    }
    let name = "rope.scaling.yarn_log_multiplier"
    let all = try gguf.number(key(name)) ?? 0
    guard all == 0 || hasLogMultiplier else {
      throw refuse(name, "\(all)", "no such key in a \(architecture) model")
    }
    let usual = YaRN.attentionFactor(of: factor) / YaRN.attentionFactor(of: factor, scale: all)
    let context = try int("rope.scaling.original_context_length") ?? required("context_length")
    guard (1...1 << 30).contains(context) else {
      throw refuse("rope.scaling.original_context_length", "\(context)", "from 1 to 2^30")
    }
    return YaRN(
      factor: factor, betaFast: try positive("rope.scaling.yarn_beta_fast") ?? 32,
      betaSlow: try positive("rope.scaling.yarn_beta_slow") ?? 1, originalContext: context,
      attentionFactor: Float(usual * (try positive("rope.scaling.attn_factor") ?? 1)),
      truncates: truncates)
  }

  /// A vector of positive float32 values; nil if there is no such tensor.
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
