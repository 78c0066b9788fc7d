/// Where things stand in an artifact directory.
public enum ArtifactLayout {
  public static let manifest = "manifest.json"
  public static let tokenizer = "tokenizer.json"
  public static let embedding = "weights/embedding.safetensors"
  /// Final norm and, when it is not tied to the embedding, the head.
  public static let head = "weights/head.safetensors"

  /// Blocks are counted from 0, as tensors are.
  public static func block(_ index: Int) -> String {
    "weights/block-\(padded(index)).safetensors"
  }

  /// The exit after `depth` blocks.
  public static func exit(depth: Int) -> String { "exits/exit-\(padded(depth)).safetensors" }

  static let directories = ["weights", "exits"]

  private static func padded(_ number: Int) -> String {
    let digits = String(number)
    return String(repeating: "0", count: max(0, 4 - digits.count)) + digits
  }
}
