/// A Hugging Face directory of a Llama with one block and weights of zero, made by hand for tests of what
/// stands beside the weights.
package struct TinyDirectory {
  package var vocabulary = 320
  package var isTied = true
  /// Members of config.json beside the sizes, as JSON.
  package var settings: [String] = []

  package init() {}

  private static let hidden = 8

  package var config: String {
    let members =
      [
        #""model_type": "llama""#, #""hidden_size": \#(Self.hidden)"#,
        #""intermediate_size": \#(Self.hidden)"#, #""num_hidden_layers": 1"#,
        #""num_attention_heads": 2"#, #""vocab_size": \#(vocabulary)"#,
        #""tie_word_embeddings": \#(isTied)"#,
      ] + settings
    return "{" + members.joined(separator: ", ") + "}\n"
  }

  /// All tensors of the model, in float32.
  package var tensors: [SafetensorsBuilder.Tensor] {
    let size = Self.hidden
    func matrix(_ name: String, rows: Int = size) -> SafetensorsBuilder.Tensor {
      .init(name, "F32", [rows, size], [UInt8](repeating: 0, count: 4 * rows * size))
    }
    func vector(_ name: String) -> SafetensorsBuilder.Tensor {
      .init(name, "F32", [size], [UInt8](repeating: 0, count: 4 * size))
    }
    let layer = "model.layers.0."
    let matrices = ["q", "k", "v", "o"].map { matrix("\(layer)self_attn.\($0)_proj.weight") }
    let network = ["gate", "up", "down"].map { matrix("\(layer)mlp.\($0)_proj.weight") }
    let norms = ["input_layernorm", "post_attention_layernorm"].map {
      vector("\(layer)\($0).weight")
    }
    let head = isTied ? [] : [matrix("lm_head.weight", rows: vocabulary)]
    return [matrix("model.embed_tokens.weight", rows: vocabulary)] + matrices + network + norms
      + [vector("model.norm.weight")] + head
  }

  /// Writes config.json, model.safetensors and a tokenizer of 320 tokens into a directory.
  ///
  /// - Returns: the directory's path.
  @discardableResult
  package func write(to scratch: Scratch, as name: String = "source") throws -> String {
    let directory = try scratch.makeDirectory(name)
    try scratch.write(config, to: "\(name)/config.json")
    try scratch.write(SafetensorsBuilder(tensors).bytes, to: "\(name)/model.safetensors")
    try scratch.write(
      try Golden.bytes("tiny-llama3-f32/tokenizer.json"), to: "\(name)/tokenizer.json")
    return directory
  }
}
