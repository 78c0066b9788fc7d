/// The byte-level BPE `model` of a tokenizer.json, in the order in which the tables store it.
struct BytePairModel {
  struct Merge {
    var left: UInt32
    var right: UInt32
    var rank: UInt32
    /// The token that the merge produces.
    var result: UInt32
  }

  /// The ids of the model's tokens, ascending.
  let tokens: [UInt32]
  /// The token of each byte; the unknown token or nil for a byte without one.
  let byteIDs: [UInt32?]
  /// The merges sorted by left, then right token, each pair once.
  let merges: [Merge]
}
