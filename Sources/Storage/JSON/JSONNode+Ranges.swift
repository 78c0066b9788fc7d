extension JSONNode {
  /// A number from 0 to 1.
  package func share() throws -> Double {
    let value = try number()
    guard (0...1).contains(value) else { throw refuse(expected: "a number from 0 to 1") }
    return value
  }

  /// A number above 0 that float32 can hold.
  package func positiveNumber() throws -> Double {
    let value = try number()
    guard value > 0, Float(value).isFinite, Float(value) > 0 else {
      throw refuse(expected: "a number above 0 within float32")
    }
    return value
  }
}
