import CleaveRuntime

extension FuzzTarget {
  /// Uploaded hidden states or tokens: a byte for the encoding, one for the width, one for the number of
  /// positions, then what is packed.
  static let states = FuzzTarget("states") { input in
    let encodings = StatesEncoding.all + [.tokens]
    let head = input.prefix(3) + [0, 0, 0]
    let encoding = encodings[Int(head[0]) % encodings.count]
    let (width, count) = (Int(head[1]) + 1, UInt32(head[2]))
    let states = Message.States(
      firstPosition: 0, count: count, encoding: encoding, data: Array(input.dropFirst(3)))
    guard encoding != .tokens else {
      let tokens = try states.tokens()
      return try require(
        StatesCodec.encode(tokens) == states.data, "tokens are packed as they were")
    }
    let values = try states.decode(hiddenSize: width)
    try require(values.count == width * Int(count), "a state has its width")
    try require(values.allSatisfy(\.isFinite), "states are finite")
    let codec = StatesCodec(encoding.format, hiddenSize: width)
    let packed = codec.encode(values)
    let message = codec.message(packed, first: 0, compressed: encoding.isCompressed)
    try require(message.count == count, "states are packed for their positions")
    guard encoding.format == .float32 || encoding.format == .float16 else { return }
    try require(try message.decode(hiddenSize: width) == values, "floats are packed as they were")
  }
}
