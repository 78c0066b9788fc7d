import CleaveRuntime
import Glibc

/// A packing like int4 with another number of bits: the few largest numbers are kept, the rest is rotated and
/// rounded in groups of 32 that have a scale each. Nothing sends it: it says what more bits would bring.
struct SimulatedCodec {
  static let group = 32

  let bits: Int
  private let hiddenSize: Int
  private let rotation: Hadamard
  /// The squares of what is rounded, and of the errors, over all rows.
  private(set) var signal = 0.0
  private(set) var noise = 0.0

  init(bits: Int, hiddenSize: Int) {
    self.bits = bits
    self.hiddenSize = hiddenSize
    rotation = Hadamard(width: hiddenSize)
  }

  private var groups: Int { (hiddenSize + Self.group - 1) / Self.group }
  private var outliers: Int { max(0, (groups - 2) / 4) }
  /// Bytes of one position, as specs/protocol.md counts those of int4.
  var positionBytes: Int { 4 * outliers + 2 + groups + (hiddenSize * bits + 7) / 8 }
  /// How far the errors are below what is rounded, in decibel.
  var decibel: Double { noise > 0 ? 10 * log10(signal / noise) : .infinity }

  /// Rounds hidden states `[count, hidden]`.
  mutating func round(_ states: [Float]) -> [Float] {
    var rounded = states
    for start in stride(from: 0, to: states.count, by: hiddenSize) {
      roundRow(&rounded, start..<start + hiddenSize)
    }
    return rounded
  }

  private mutating func roundRow(_ states: inout [Float], _ range: Range<Int>) {
    let kept = range.sorted { states[$0].magnitude > states[$1].magnitude }.prefix(outliers)
      .map { ($0, states[$0]) }
    for (index, _) in kept { states[index] = 0 }
    rotate(&states, range, rotation.rotate)
    for first in stride(from: range.lowerBound, to: range.upperBound, by: Self.group) {
      roundGroup(&states, first..<min(first + Self.group, range.upperBound))
    }
    rotate(&states, range, rotation.rotateBack)
    for (index, value) in kept { states[index] = value }
  }

  private func rotate(
    _ states: inout [Float], _ range: Range<Int>,
    _ rotation: (UnsafeMutableBufferPointer<Float>) -> Void
  ) {
    states.withUnsafeMutableBufferPointer {
      rotation(UnsafeMutableBufferPointer(rebasing: $0[range]))
    }
  }

  /// Rounds a group with the scale, of those that int4 tries, whose squared error is least.
  private mutating func roundGroup(_ states: inout [Float], _ range: Range<Int>) {
    let values = Array(states[range])
    let largest = values.reduce(0) { max($0, $1.magnitude) }
    let (low, high) = (-Float(1 << (bits - 1)), Float(1 << (bits - 1)) - 1)
    var best: (error: Float, values: [Float]) = (.infinity, values)
    for clip in stride(from: Float(40), through: 64, by: 2) {
      for sign: Float in [-1, 1] where largest > 0 {
        let step = sign * clip / 64 * largest / high
        let rounded = values.map {
          max(low, min(high, ($0 / step).rounded(.toNearestOrEven))) * step
        }
        let error = zip(values, rounded).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
        if error < best.error { best = (error, rounded) }
      }
    }
    signal += values.reduce(0.0) { $0 + Double($1 * $1) }
    noise += zip(values, best.values).reduce(0.0) { $0 + Double(($1.0 - $1.1) * ($1.0 - $1.1)) }
    for (index, value) in zip(range, best.values) { states[index] = value }
  }
}
