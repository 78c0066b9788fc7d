import CleaveKernels

/// A KV cache for tests, each byte `garbage` at first; 0xff makes NaNs of both kinds of floats.
final class Cache {
  let type: ck_type
  let kvHeads, headDim, positions: Int
  private let keys, values: UnsafeMutableRawPointer

  init(_ type: ck_type, positions: Int, kvHeads: Int, headDim: Int, garbage: UInt8 = 0xff) {
    let tile = Int(CK_SOFTMAX_TILE)
    (self.type, self.kvHeads, self.headDim) = (type, kvHeads, headDim)
    self.positions = (positions + tile - 1) / tile * tile
    let bytes = self.positions * ck_kv_position_bytes(type, kvHeads, headDim)
    keys = .allocate(byteCount: bytes, alignment: 64)
    values = .allocate(byteCount: bytes, alignment: 64)
    keys.initializeMemory(as: UInt8.self, repeating: garbage, count: bytes)
    values.initializeMemory(as: UInt8.self, repeating: garbage, count: bytes)
  }

  deinit {
    keys.deallocate()
    values.deallocate()
  }

  /// Calls `body` with the cache as the kernels take it.
  func withKernelCache<Result>(_ body: (inout ck_kv_cache) -> Result) -> Result {
    withExtendedLifetime(self) {
      var cache = ck_kv_cache(
        type: type, keys: keys, values: values, kv_heads: kvHeads, head_dim: headDim)
      return body(&cache)
    }
  }

  /// Stores keys and values. q: [columns, heads * headDim], k, v: [columns, kvHeads * headDim]; cosine, sine as in
  /// ck_store_kv, no rotation where they are nil. Returns q and k as they are afterwards.
  @discardableResult func store(
    q: [Float]? = nil, k: [Float], v: [Float], at first: Int,
    angles: (cosine: [Float], sine: [Float])? = nil, pool: OpaquePointer? = nil
  ) -> (q: [Float], k: [Float]) {
    let columns = k.count / (kvHeads * headDim)
    var (q, k) = (q ?? [], k)
    let cosine = angles?.cosine ?? [Float](repeating: 1, count: columns * headDim / 2)
    let sine = angles?.sine ?? [Float](repeating: 0, count: columns * headDim / 2)
    withKernelCache {
      ck_store_kv(
        pool, &$0, &q, q.count / (columns * headDim), &k, v, columns, first, cosine, sine)
    }
    return (q, k)
  }

  /// The bits of element `at` as 32 bits.
  private func bits(_ from: UnsafeMutableRawPointer, _ at: Int) -> UInt32 {
    type == CK_F16
      ? UInt32(from.load(fromByteOffset: at * 2, as: UInt16.self))
      : from.load(fromByteOffset: at * 4, as: UInt32.self)
  }

  /// The bits of a key's element; of CK_Q8_0 the code, and above its 8 bits the scale.
  func keyBits(position: Int, head: Int, _ d: Int) -> UInt32 {
    let tile = Int(CK_KEY_TILE)
    if type == CK_Q8_0 { return codeBits(keys, position, head, d, at: d * tile + position % tile) }
    return bits(
      keys, ((position / tile * kvHeads + head) * headDim + d) * tile + position % tile)
  }

  /// The bits of a value's element, as those of a key.
  func valueBits(position: Int, head: Int, _ d: Int) -> UInt32 {
    if type == CK_Q8_0 {
      return codeBits(values, position, head, d, at: position % Int(CK_KEY_TILE) * headDim + d)
    }
    return bits(values, (position * kvHeads + head) * headDim + d)
  }

  /// - Parameter at: the place of the code among those of its tile.
  private func codeBits(
    _ from: UnsafeMutableRawPointer, _ position: Int, _ head: Int, _ d: Int, at: Int
  ) -> UInt32 {
    let (tile, groups) = (Int(CK_KEY_TILE), (headDim + 31) / 32)
    let begin = (position / tile * kvHeads + head) * tile * (headDim + 2 * groups)
    let scale = from.load(
      fromByteOffset: begin + 2 * (d / 32 * tile + position % tile), as: UInt16.self)
    let code = from.load(fromByteOffset: begin + 2 * groups * tile + at, as: UInt8.self)
    return UInt32(scale) << 8 | UInt32(code)
  }
}
