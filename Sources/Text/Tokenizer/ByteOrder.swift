import Glibc

/// The order of byte strings, which in UTF-8 equals the order of scalars.
enum ByteOrder {
  /// Compares two byte strings: negative if `first` comes before `second`, positive if after, 0 if
  /// equal.
  static func compare(
    _ first: UnsafeBufferPointer<UInt8>, _ second: UnsafeBufferPointer<UInt8>
  ) -> Int {
    let shared = min(first.count, second.count)
    if shared > 0 {
      let order = memcmp(first.baseAddress!, second.baseAddress!, shared)
      if order != 0 { return Int(order) }
    }
    return first.count - second.count
  }
}
