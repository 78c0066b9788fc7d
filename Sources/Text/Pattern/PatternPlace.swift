/// A step or a branch together with a position in the text, in one word: a search keeps millions of them.
struct PatternPlace: Hashable {
  /// How many bits the number takes, which leaves 51 for the position.
  private static let numberBits = 12
  /// The numbers are below this one.
  static let mostNumbers = 1 << numberBits

  private let bits: Int

  @inline(__always)
  init(_ number: Int, _ position: Int) { bits = position << Self.numberBits | number }

  @inline(__always)
  var number: Int { bits & (Self.mostNumbers - 1) }

  @inline(__always)
  var position: Int { bits >> Self.numberBits }
}
