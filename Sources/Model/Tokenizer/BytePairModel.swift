/// A byte-level BPE model: the symbol of each byte and the merges.
struct BytePairModel: Sendable {
  /// Looks whole pieces up before merging, as Llama 3 does.
  let ignoresMerges: Bool
  /// The model's tokens by the bytes they stand for; only filled where `ignoresMerges` reads it.
  let wholePieces: TokenTable
  private let byteIDs: [UInt32?]
  private let merges: IntegerMap

  /// - Parameters:
  ///   - byteIDs: the symbol of each byte, the unknown token's for a byte without one, or nil.
  ///   - merges: made with `key(_:_:)` and `value(rank:id:)`.
  init(
    byteIDs: [UInt32?], merges: IntegerMap, ignoresMerges: Bool, wholePieces: TokenTable
  ) {
    self.byteIDs = byteIDs
    self.merges = merges
    self.ignoresMerges = ignoresMerges
    self.wholePieces = wholePieces
  }

  func id(of byte: UInt8) -> UInt32? { byteIDs[Int(byte)] }

  /// The rank of the merge of two neighbours and the token it makes.
  func merge(_ left: UInt32, _ right: UInt32) -> (rank: UInt32, id: UInt32)? {
    merges[Self.key(left, right)].map { (UInt32($0 >> 32), UInt32(truncatingIfNeeded: $0)) }
  }

  static func key(_ left: UInt32, _ right: UInt32) -> UInt64 {
    UInt64(left) << 32 | UInt64(right)
  }

  static func value(rank: Int, id: Int) -> UInt64 { UInt64(rank) << 32 | UInt64(id) }
}
