/// The names of GGML's tensor types, for messages.
enum GGMLTypeName {
  /// Types that no weight of a model should have, or that are not supported, by their ids in `ggml.h`.
  private static let others: [UInt32: String] = [
    4: "Q4_2 (removed from GGML in 2023)", 5: "Q4_3 (removed from GGML in 2023)", 9: "Q8_1",
    24: "I8", 25: "I16", 26: "I32", 27: "I64", 28: "F64",
    31: repacked("Q4_0_4_4"), 32: repacked("Q4_0_4_8"), 33: repacked("Q4_0_8_8"),
    36: repacked("IQ4_NL_4_4"), 37: repacked("IQ4_NL_4_8"), 38: repacked("IQ4_NL_8_8"),
    41: "Q1_0",
  ]

  private static func repacked(_ name: String) -> String {
    "\(name) (repacked for one processor, removed from GGUF files in 2024)"
  }

  /// The name of a type; the number only where GGML gives it no name.
  static func of(_ id: UInt32) -> String {
    TensorType(ggmlID: id)?.rawValue ?? others[id] ?? "\(id), which GGML has no name for"
  }
}
