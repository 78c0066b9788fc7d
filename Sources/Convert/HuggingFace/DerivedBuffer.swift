/// Tensors that hold no weights: what older versions of transformers stored of RoPE, and masks. The
/// configuration says it all again, and transformers does not read them.
enum DerivedBuffer {
  private static let names: Set = [
    "inv_freq", "original_inv_freq", "long_inv_freq", "cos_cached", "sin_cached", "masked_bias",
    "position_ids", "causal_mask",
  ]
  private static let attention: Set = ["attn", "attention", "self_attn"]

  static func isName(_ tensor: String) -> Bool {
    let parts = tensor.split(separator: ".").map(String.init)
    guard let last = parts.last else { return false }
    if names.contains(last) || parts.contains(where: { $0.hasPrefix("rotary_emb") }) { return true }
    // A causal mask; projections of attention have a name of their own before "bias".
    return last == "bias" && parts.dropLast().last.map(attention.contains) == true
  }
}
