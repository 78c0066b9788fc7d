/// The manifest's record of one tensor: safetensors has no dtype for quantized blocks, so the type and the
/// logical shape are here.
package struct TensorRecord: Equatable, Sendable {
  package let name: String
  package let type: TensorType
  /// The logical shape, outermost first.
  package let shape: [Int]

  package init(name: String, type: TensorType, shape: [Int]) {
    self.name = name
    self.type = type
    self.shape = shape
  }

  /// The dtype and shape in a safetensors file: floats as they are, blocks as bytes `[rows..., row bytes]`.
  package var stored: (dtype: SafetensorsDType, shape: [Int]) {
    switch type {
    case .f32: return (.f32, shape)
    case .f16: return (.f16, shape)
    case .bf16: return (.bf16, shape)
    default:
      let rowBytes = (shape.last ?? 0) / type.blockElements * type.blockBytes
      return (.u8, shape.dropLast() + [rowBytes])
    }
  }

  /// The bytes of the tensor, or nil when type and shape do not fit together.
  package var byteCount: Int? { TensorShape.byteCount(shape, type: type) }
}

extension TensorRecord {
  package init(_ node: JSONNode) throws {
    name = try node.required("name").string()
    let typeNode = try node.required("type")
    guard let type = TensorType(rawValue: try typeNode.string()) else {
      throw typeNode.refuse(
        expected: "one of \(TensorType.allCases.map(\.rawValue).joined(separator: ", "))")
    }
    self.type = type
    let shapeNode = try node.required("shape")
    shape = try shapeNode.elements().map { try $0.int() }
    guard byteCount != nil else {
      throw shapeNode.refuse(
        expected: "rows of whole blocks of \(type.blockElements) elements", found: "\(shape)")
    }
  }

  package var json: JSON {
    [
      "name": .string(name), "type": .string(type.rawValue),
      "shape": .array(shape.map { .integer(Int64($0)) }),
    ]
  }
}
