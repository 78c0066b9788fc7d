import CleaveStorage

/// The vocabulary and merges of a tokenizer as flat tables, laid out as in `tokenizer.bin`
/// (specs/artifact.md). Lookups work on the tables as they are, so that a mapped file is ready at
/// once.
struct TokenizerTables: Sendable {
  enum Storage: Sendable {
    case file(MappedFile)
    case bytes([UInt8])

    func withBytes<Result>(_ body: (UnsafeRawBufferPointer) throws -> Result) rethrows -> Result {
      switch self {
      case .file(let file): try file.withBytes(0..<file.count, body)
      case .bytes(let bytes): try bytes.withUnsafeBytes(body)
      }
    }
  }

  let storage: Storage
  let layout: TokenizerLayout

  /// - Parameter storage: tables that have been checked, or were compiled here.
  init(checked storage: Storage, layout: TokenizerLayout) {
    self.storage = storage
    self.layout = layout
  }

  /// The highest id plus 1, including added tokens.
  var count: Int { layout.tokens }

  /// Calls `body` with a view of the tables, which is valid only during the call.
  func withView<Result>(_ body: (View) throws -> Result) rethrows -> Result {
    try storage.withBytes { try body(View($0.baseAddress!, layout)) }
  }

  /// The id of a token of the model by the bytes of its spelling.
  func id(of token: some Sequence<UInt8>) -> Int? {
    Array(token).withUnsafeBufferPointer { token in withView { $0.id(of: token) } }
  }

  /// The bytes of a token's spelling; nil for an id without a token.
  subscript(id: Int) -> [UInt8]? { withView { $0.spelling(of: id).map(Array.init) } }

  /// The bytes for which a token stands in decoded text. A token with a character outside the byte
  /// alphabet stands for its own text.
  func decoded(_ id: Int) -> [UInt8]? {
    withView { view in
      view.spelling(of: id).map { ByteAlphabet.decode($0) ?? Array($0) }
    }
  }
}

// MARK: - Lookup

extension TokenizerTables {
  /// An unmanaged view of the tables for the merge loop, without reference counting.
  struct View {
    let base: UnsafeRawPointer
    let layout: TokenizerLayout
    private let mergeStarts: UnsafeRawPointer
    private let mergeRights: UnsafeRawPointer

    init(_ base: UnsafeRawPointer, _ layout: TokenizerLayout) {
      self.base = base
      self.layout = layout
      mergeStarts = base + layout.mergeStarts
      mergeRights = base + layout.mergeRights
    }

    /// The element at `index` of the table that starts at byte `table`.
    func element(_ index: Int, of table: Int) -> UInt32 { Self.load(base + table, index) }

    private static func load(_ table: UnsafeRawPointer, _ index: Int) -> UInt32 {
      UInt32(littleEndian: table.loadUnaligned(fromByteOffset: 4 * index, as: UInt32.self))
    }

    func id(of byte: UInt8) -> UInt32? {
      let id = element(Int(byte), of: layout.byteTokens)
      return id == TokenizerLayout.none ? nil : id
    }

    /// The rank of the merge of two neighbours and the token it produces; nil if they do not merge.
    func merge(_ left: UInt32, _ right: UInt32) -> (rank: UInt32, id: UInt32)? {
      guard Int(left) < layout.tokens else { return nil }
      var first = Int(Self.load(mergeStarts, Int(left)))
      var count = Int(Self.load(mergeStarts, Int(left) + 1)) - first
      guard count > 0 else { return nil }
      // Finds the last element not beyond `right` by a binary search without an unpredictable
      // branch.
      while count > 1 {
        let half = count / 2
        first = Self.load(mergeRights, first + half) <= right ? first + half : first
        count -= half
      }
      guard Self.load(mergeRights, first) == right else { return nil }
      return (element(first, of: layout.mergeRanks), element(first, of: layout.mergeResults))
    }

    func spelling(of id: Int) -> UnsafeBufferPointer<UInt8>? {
      guard (0..<layout.tokens).contains(id) else { return nil }
      let start = element(id, of: layout.textStarts)
      guard start & TokenizerLayout.absent == 0 else { return nil }
      let end = element(id + 1, of: layout.textStarts) & ~TokenizerLayout.absent
      return UnsafeBufferPointer(
        start: (base + layout.text + Int(start)).assumingMemoryBound(to: UInt8.self),
        count: Int(end - start))
    }

    /// The token of the model with the given spelling.
    func id(of token: UnsafeBufferPointer<UInt8>) -> Int? {
      var candidates = 0..<layout.modelTokens
      while !candidates.isEmpty {
        let middle = candidates.lowerBound + candidates.count / 2
        let id = Int(element(middle, of: layout.order))
        guard let other = spelling(of: id) else { return nil }
        switch ByteOrder.compare(token, other) {
        case 0: return id
        case ..<0: candidates = candidates.lowerBound..<middle
        default: candidates = middle + 1..<candidates.upperBound
        }
      }
      return nil
    }
  }
}
