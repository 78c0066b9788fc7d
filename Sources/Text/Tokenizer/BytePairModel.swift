/// The `model` of a tokenizer.json: byte-level BPE, in the order that the tables have it.
struct BytePairModel {
  struct Merge {
    var left: UInt32
    var right: UInt32
    var rank: UInt32
    /// The token that the two make.
    var result: UInt32
  }

  /// The ids of its tokens, rising.
  let tokens: [UInt32]
  /// The token of each byte, the unknown token's for a byte without one, or nil.
  let byteIDs: [UInt32?]
  /// By left, then right token, each pair once.
  let merges: [Merge]
}
