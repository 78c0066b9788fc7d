/// A change of a text that looks at each character by itself.
enum CharacterStep: Sendable, Equatable {
  /// `Nmt`: removes controls, and makes spaces of what stands for one.
  case nmt
  /// `StripAccents`: removes marks.
  case stripAccents
  /// The parts of BERT's normalizer: what is no text is removed and white space becomes spaces;
  /// accents are removed; ideographs get spaces around them.
  case bertClean, bertAccents, bertChinese

  func apply(to text: [UInt8]) -> [UInt8] {
    var result: [UInt8] = []
    result.reserveCapacity(text.count)
    text.withUnsafeBufferPointer { text in
      var position = 0
      while position < text.count {
        let (scalar, length) = ScalarReader.scalar(in: text, at: position)
        switch effect(on: scalar.value) {
        case .keep: result += text[position..<position + length]
        case .remove: break
        case .space: result.append(UInt8(ascii: " "))
        case .surround:
          result.append(UInt8(ascii: " "))
          result += text[position..<position + length]
          result.append(UInt8(ascii: " "))
        }
        position += length
      }
    }
    return result
  }

  private enum Effect {
    case keep, remove, space
    /// The character gets spaces around it.
    case surround
  }

  private func effect(on scalar: UInt32) -> Effect {
    switch self {
    case .nmt: return Self.nmt(scalar)
    case .stripAccents:
      return scalar >= 0x300 && CharacterSets.mark.contains(scalar) ? .remove : .keep
    case .bertClean:
      if CharacterSets.unclean.contains(scalar) { return .remove }
      return CharacterSets.space.contains(scalar) ? .space : .keep
    case .bertAccents:
      return scalar >= 0x300 && CharacterSets.nonspacing.contains(scalar) ? .remove : .keep
    case .bertChinese:
      return scalar >= 0x3400 && CharacterSets.chinese.contains(scalar) ? .surround : .keep
    }
  }

  /// The rules of `Nmt` in the tokenizers package, which are SentencePiece's of that name.
  private static func nmt(_ scalar: UInt32) -> Effect {
    switch scalar {
    case 0x1...0x8, 0xB, 0xE...0x1F, 0x7F, 0x8F, 0x9F: .remove
    case 0x9, 0xA, 0xC, 0xD, 0x1680, 0x200B...0x200F, 0x2028, 0x2029, 0x2581, 0xFEFF, 0xFFFD: .space
    default: .keep
    }
  }
}
