import CleaveQuantize
import CleaveStorage

extension BuildRecipe {
  /// - Throws: `InputError` for an override that cannot be read.
  func quantizationSettings() throws -> QuantizationSettings {
    let quantize = section("quantize")
    let types = quantize.list("types").compactMap { $0.scalar.flatMap { TensorType(named: $0) } }
    var settings =
      quantize.number("target_bpw").map {
        QuantizationSettings(
          bitsPerWeight: $0, among: types.isEmpty ? QuantizationSettings.standardTypes : types)
      }
      ?? QuantizationSettings(
        recipe: quantize.text("recipe").flatMap(Recipe.init(rawValue:)) ?? .q8_0)
    settings.overrides = try quantize.list("tensors").map { node in
      do { return try TensorOverride(node.scalar ?? "") } catch let error as SettingError {
        throw node.refuse(found: error.found, expected: error.expected, advice: error.advice)
      }
    }
    settings.allowRequantize = quantize.flag("allow_requantize") ?? false
    settings.effort =
      quantize.text("effort").flatMap(QuantizationSettings.Effort.init(rawValue:))
      ?? settings.effort
    settings.importance = quantize.text("importance").map(path)
    settings.text = quantize.text("text").map { .init(path: path($0)) }
    if let windows = quantize.integer("windows") { settings.text?.windows = windows }
    if let length = quantize.integer("window_length") { settings.text?.windowLength = length }
    return settings
  }
}
