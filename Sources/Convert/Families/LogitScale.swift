/// The setting of a family that scales its logits. Import puts the factor into the final norm instead.
struct LogitScale: Sendable {
  let name: String
  /// Whether logits are multiplied by the number, and not divided.
  var multiplies = false
  /// The number where the file does not say.
  var usual = 1.0

  /// What the weights of the final norm are divided by.
  func divisor(stated: Double?) -> Float {
    let number = stated ?? usual
    return Float(multiplies ? 1 / number : number)
  }
}
