import CleaveModel
import CleaveStorage

extension Family {
  /// SmolLM3: a Llama of which every fourth block has no RoPE (NoPE, arXiv 2305.19466).
  static let smolLM3 = Family(
    name: "smollm3",
    huggingFace: HuggingFaceFormat(
      modelClass: "SmolLM3ForCausalLM",
      defaults: .init(
        headCount: 16, vocabularySize: 128_256, kvHeadCount: 4, context: 32_768, theta: 2_000_000,
        isTied: true),
      read: { model, settings in
        model.unrotatedBlocks = try settings.unrotatedBlocks(of: model.blockCount)
        guard try settings.flag("use_sliding_window"), let size = try settings.int("sliding_window")
        else { return }
        let sliding = try settings.slidingBlocks(of: model.blockCount) ?? model.unrotatedBlocks
        guard !sliding.isEmpty else { return }
        model.window = SlidingWindow(size: size, blocks: sliding)
      },
      write: { model in
        let rotated = (0..<model.blockCount).map { model.attention(ofBlock: $0).isRotated }
        return [
          ("no_rope_layers", .array(rotated.map { .integer($0 ? 1 : 0) })),
          ("use_sliding_window", .bool(model.window != nil)),
          ("sliding_window", model.window.map { .integer(Int64($0.size)) } ?? .null),
          ("layer_types", HuggingFaceSettings.layerTypes(model)),
        ]
      }),
    gguf: GGUFFormat(
      architecture: "smollm3", interleavesRows: true,
      read: { model, _ in
        model.unrotatedBlocks = ModelConfiguration.everyFourth(of: model.blockCount)
      },
      write: { model, path in
        guard model.unrotatedBlocks == ModelConfiguration.everyFourth(of: model.blockCount) else {
          throw InputError(
            file: path, location: "configuration.blocks_without_rope",
            found: "\(model.unrotatedBlocks.prefix(16))",
            expected: "every fourth block, as llama.cpp has it for smollm3")
        }
        return []
      }))
}

extension ModelConfiguration {
  /// The last of every four blocks.
  static func everyFourth(of count: Int) -> [Int] { (0..<count).filter { $0 % 4 == 3 } }
}

extension HuggingFaceSettings {
  /// The blocks without RoPE: those with a 0 in `no_rope_layers`, or without that list every
  /// `no_rope_layer_interval`th.
  fileprivate func unrotatedBlocks(of count: Int) throws -> [Int] {
    guard let node = try config.optional("no_rope_layers") else {
      let interval = try config.optional("no_rope_layer_interval")?.int(in: 1...(1 << 24)) ?? 4
      return (0..<count).filter { ($0 + 1) % interval == 0 }
    }
    let flags = try node.elements()
    guard flags.count == count else {
      throw node.refuse(
        expected: "\(count) numbers, one per block", found: "\(flags.count) numbers")
    }
    return try flags.enumerated().filter { try $0.element.int(in: 0...1) == 0 }.map(\.offset)
  }
}
