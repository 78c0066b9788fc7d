import CleaveKernels

/// What a KV cache makes of numbers, by the definition in CleaveAttention.h.
enum StoredBits {
  /// The bits of each element of heads one after another, as `Cache` tells them.
  static func of(_ x: [Float], _ type: ck_type, headDim: Int) -> [UInt32] {
    switch type {
    case CK_F32: x.map(\.bitPattern)
    case CK_F16: x.map { UInt32(Float16($0).bitPattern) }
    default:
      groups(x.count, headDim).flatMap { range in
        let group = x[range]
        let scale = scale(group)
        return group.map {
          UInt32(scale.bitPattern) << 8 | UInt32(UInt8(bitPattern: code($0, scale)))
        }
      }
    }
  }

  /// The numbers that the bits stand for.
  static func numbers(_ x: [Float], _ type: ck_type, headDim: Int) -> [Float] {
    switch type {
    case CK_F32: x
    case CK_F16: x.map { Float(Float16($0)) }
    default:
      groups(x.count, headDim).flatMap { range in
        let group = x[range]
        let scale = scale(group)
        return group.map { Float(code($0, scale)) * Float(scale) }
      }
    }
  }

  /// Up to 32 elements each, none of two heads.
  private static func groups(_ count: Int, _ headDim: Int) -> [Range<Int>] {
    stride(from: 0, to: count, by: headDim).flatMap { head in
      stride(from: head, to: head + headDim, by: 32).map { $0..<min($0 + 32, head + headDim) }
    }
  }

  private static func scale(_ group: ArraySlice<Float>) -> Float16 {
    guard group.allSatisfy(\.isFinite) else { return .nan }
    return Float16(group.map(abs).max()! / 127)
  }

  private static func code(_ x: Float, _ scale: Float16) -> Int8 {
    guard scale > 0 else { return 0 }
    let inverse = 1 / Float(scale)
    guard inverse > 0 else { return 0 }
    return Int8(max(-127, min(127, (x * inverse).rounded(.toNearestOrEven))))
  }
}
