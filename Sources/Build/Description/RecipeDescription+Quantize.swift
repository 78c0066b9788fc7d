import CleaveQuantize
import CleaveStorage

extension RecipeDescription {
  static let quantize = RecipeSection(
    name: "quantize", about: "How weights are rounded to fewer bits.",
    keys: [
      .init(
        name: "recipe", type: .choice(Recipe.allCases.map(\.rawValue)), about: "Recipe of types."),
      .init(
        name: "target_bpw", type: .number(.closed(1, 32)),
        about: "Instead of a recipe: mean bits per weight."),
      .init(
        name: "types", type: .list(.choice(written), 1...64),
        about: "Types that target_bpw may choose."),
      .init(name: "text", type: .text(.path), about: "Text file to run the model on."),
      .init(
        name: "windows", type: .integer(1...1_000_000), about: "Windows of the text (default: 32)."),
      .init(
        name: "window_length", type: .integer(4...(1 << 24)),
        about: "Tokens of a window (default: 512)."),
      .init(
        name: "tensors", type: .list(.text(.filled), 1...1024),
        about: "Types of matrices whose names match, as attention.value=Q8_0; the last match wins."),
      .init(name: "importance", type: .text(.path), about: "Importance file, for effort search."),
      .init(
        name: "effort", type: .choice(QuantizationSettings.Effort.allCases.map(\.rawValue)),
        about: "How scales are chosen (default: search)."),
      .init(
        name: "allow_requantize", type: .flag, about: "Rounds weights again that are quantized."),
    ], atMostOne: [["recipe", "target_bpw"]], atLeastOne: [["recipe", "target_bpw"]],
    needs: [
      ("types", ["target_bpw"]), ("windows", ["text"]), ("window_length", ["text"]),
    ])

  static let quality = RecipeSection(
    name: "quality", about: "Compares the whole model with its source on a text.",
    keys: [
      .init(
        name: "text", type: .text(.path), isRequired: true,
        about: "Text file, on which both are measured."),
      .init(
        name: "windows", type: .integer(1...1_000_000),
        about: "Windows of the text, from its beginning (default: all)."),
      .init(
        name: "window_length", type: .integer(4...(1 << 24)),
        about: "Tokens of a window (default: 512)."),
    ])

  private static let written = TensorType.allCases.filter(\.isWritten).map(\.rawValue)
}
