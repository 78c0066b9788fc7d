/// A byte-level BPE model: the symbol of each byte and the merges.
struct BytePairModel: Sendable {
  /// The model's tokens by the bytes they stand for, where whole pieces are looked up before
  /// merging, as Llama 3 does (`ignore_merges`).
  let wholePieces: TokenTable?
  private let byteIDs: [UInt32?]
  private let merges: IntegerMap

  /// - Parameters:
  ///   - byteIDs: the symbol of each byte, the unknown token's for a byte without one, or nil.
  ///   - merges: made with `key(_:_:)` and `value(rank:id:)`.
  init(byteIDs: [UInt32?], merges: IntegerMap, wholePieces: TokenTable?) {
    self.byteIDs = byteIDs
    self.merges = merges
    self.wholePieces = wholePieces
  }

  static func key(_ left: UInt32, _ right: UInt32) -> UInt64 {
    UInt64(left) << 32 | UInt64(right)
  }

  static func value(rank: Int, id: Int) -> UInt64 { UInt64(rank) << 32 | UInt64(id) }
}

// MARK: - Lookup

extension BytePairModel {
  /// What the merge loop reads, without reference counting.
  struct View {
    fileprivate let byteIDs: UnsafePointer<UInt32?>
    fileprivate let merges: IntegerMap.View

    func id(of byte: UInt8) -> UInt32? { byteIDs[Int(byte)] }

    /// The rank of the merge of two neighbours and the token it makes.
    func merge(_ left: UInt32, _ right: UInt32) -> (rank: UInt32, id: UInt32)? {
      merges[BytePairModel.key(left, right)].map {
        (UInt32(truncatingIfNeeded: $0 >> 32), UInt32(truncatingIfNeeded: $0))
      }
    }
  }

  /// - Parameter body: must not keep the view.
  func withView<Result>(_ body: (View) throws -> Result) rethrows -> Result {
    try byteIDs.withUnsafeBufferPointer { byteIDs in
      try merges.withView { try body(View(byteIDs: byteIDs.baseAddress!, merges: $0)) }
    }
  }
}
