import CleaveStorage
import CleaveText

/// A group of modules of compressed-tensors: which modules, and how their weights are stored.
struct CompressedTensorsGroup: Sendable {
  /// The formats that are read, by their names in config.json.
  enum Format: String, CaseIterable {
    case packed = "pack-quantized"
    case integers = "int-quantized"
    case floats = "float-quantized"
    case naive = "naive-quantized"
    case nvfp4 = "nvfp4-pack-quantized"
    case mxfp4 = "mxfp4-pack-quantized"
    case mxfp8 = "mxfp8-quantized"
  }

  private let targets: JSONNode
  /// The targets, expressions among them, which are no names.
  private let names: Set<String>
  private var expressions: [Pattern] = []
  private let format: Format
  private let bits: Int
  private let isSymmetric: Bool
  /// The rows and columns that share a scale; nil if there is one per row or one for all.
  private let tile: (rows: Int, columns: Int)?

  /// Reads a group.
  ///
  /// - Returns: nil for a group that says nothing of weights.
  init?(_ node: JSONNode, format: JSONNode?) throws {
    try node.allowSettings(
      ["targets", "weights", "format"], ignoring: ["input_activations", "output_activations"])
    guard let weights = try node.optional("weights") else { return nil }
    try weights.allowSettings(
      ["num_bits", "type", "symmetric", "strategy", "group_size", "block_structure"],
      ignoring: [
        "dynamic", "actorder", "observer", "observer_kwargs", "scale_dtype", "zp_dtype",
      ])
    guard let format = try node.optional("format") ?? format else {
      throw node.refuse(expected: "a format", found: "none")
    }
    self.format = try format.oneOf(Format.self)
    targets = try node.required("targets")
    names = Set(try targets.elements().map { try $0.string() })
    bits = try weights.required("num_bits").int(in: 2...8)
    isSymmetric = try weights.flag("symmetric", default: true)
    tile = try Self.tile(weights)
    try checkBits(weights)
  }

  private static func tile(_ weights: JSONNode) throws -> (rows: Int, columns: Int)? {
    let size = try weights.optional("group_size")?.int(in: -1...(1 << 24)) ?? -1
    let strategy = try weights.optional("strategy")
    switch try strategy?.string() ?? (size > 0 ? "group" : "channel") {
    case "tensor", "channel": return nil
    case "group", "tensor_group":
      guard size > 0 else { throw weights.refuse(expected: "a group_size", found: "none") }
      return (1, size)
    case "block":
      let node = try weights.required("block_structure")
      let sizes = try node.elements().map { try $0.int(in: 1...(1 << 24)) }
      guard sizes.count == 2 else { throw node.refuse(expected: "two sizes: rows and columns") }
      return (sizes[0], sizes[1])
    default:
      throw (strategy ?? weights).refuse(
        expected: "tensor, channel, group, tensor_group or block")
    }
  }

  private func checkBits(_ weights: JSONNode) throws {
    let node = try weights.required("num_bits")
    let expected: Int? =
      switch format {
      case .packed: nil
      case .nvfp4, .mxfp4: 4
      case .integers, .floats, .naive, .mxfp8: 8
      }
    if let expected, bits != expected {
      throw node.refuse(expected: "\(expected), for the format \(format.rawValue)")
    }
    guard format == .packed || format == .integers || format == .naive || isSymmetric else {
      throw weights.refuse(expected: "symmetric floats", found: "zero points of floats")
    }
  }

  /// Whether a module or a class of modules is among the targets by its name.
  func has(target: String) -> Bool { names.contains(target) }

  /// Whether a regular expression among the targets matches a module's name from its beginning.
  func matches(_ module: String) -> Bool {
    expressions.contains { $0.matchesBeginning(of: module) }
  }

  /// Reads the regular expressions among the targets, which only a choice among several groups needs.
  ///
  /// - Parameter most: how many there may be; as many fewer after it.
  mutating func readExpressions(most: inout Int) throws {
    for target in try targets.elements() {
      let text = try target.string()
      guard text.hasPrefix(Self.mark) else { continue }
      guard most > 0 else {
        throw targets.refuse(
          expected: "at most \(Self.mostExpressions) regular expressions in all groups",
          found: "more of them")
      }
      most -= 1
      expressions.append(try Self.expression(String(text.dropFirst(Self.mark.count)), target))
    }
  }

  private static func expression(_ text: String, _ target: JSONNode) throws -> Pattern {
    do { return try Pattern(text) } catch {
      throw target.refuse(
        expected: error.expected,
        found: "at column \(error.column) of the regular expression \(error.found)")
    }
  }

  /// What a target begins with that is a regular expression.
  private static let mark = "re:"
  /// How many regular expressions all groups may have: each module's name is held against all of them.
  static let mostExpressions = 512

  func matrix(of module: QuantizedModule) throws -> any QuantizedMatrix {
    switch format {
    case .packed: return try packed(module)
    case .nvfp4: return try fp4(module, [.f8E4M3])
    case .mxfp4: return try fp4(module, [.u8, .f8E8M0])
    case .integers, .floats, .naive, .mxfp8:
      let weight = try module.required(QuantizedModule.weight, [.i8] + FP8Matrix.types)
      let types = format == .mxfp8 ? [.u8, .f8E8M0] : QuantizedPart.floats
      let scale = try module.required(".weight_scale", types)
      if weight.dtype == .i8 {
        return try IntegerMatrix(
          weight, scale: scale, zeros: zeroPoint(module, .i8), tile: tile)
      }
      return try FP8Matrix(weight, scale: scale, tile: tile)
    }
  }

  /// The zero points; nil if weights are symmetric.
  private func zeroPoint(
    _ module: QuantizedModule, _ type: SafetensorsDType
  ) throws -> QuantizedPart? {
    isSymmetric ? nil : try module.required(".weight_zero_point", [type])
  }

  private func packed(_ module: QuantizedModule) throws -> any QuantizedMatrix {
    let weight = try module.required(".weight_packed", [.i32])
    let shapePart = try module.required(".weight_shape", [.i32, .i64])
    let shape = try shapePart.integers()
    guard shape.count == 2, try shape[0] == weight.matrixShape().rows, shape[1] > 0,
      PackedBits.words(shape[1], bits: bits) == weight.columns, tile?.rows ?? 1 == 1
    else {
      throw shapePart.refuse(
        "\(shape)", expected: "the rows and columns of \(weight.shape) words of \(bits)-bit codes")
    }
    var groups = ColumnGroups(columns: shape[1], size: tile?.columns ?? shape[1])
    if let order = module.optional(".weight_g_idx") {
      let indices = try order.require(shape: [shape[1]], because: "the group of each column")
        .integers()
      if !indices.allSatisfy({ $0 == -1 }) {
        groups = try ColumnGroups(order, indices, count: groups.count)
      }
    }
    return try PackedMatrix(
      weight, bits: bits, columns: shape[1], groups: groups, offset: 1 << (bits - 1),
      scales: module.required(".weight_scale", QuantizedPart.floats),
      zeros: zeroPoint(module, .i32))
  }

  private func fp4(
    _ module: QuantizedModule, _ scales: [SafetensorsDType]
  ) throws -> any QuantizedMatrix {
    var whole = FP4Matrix.Whole.none
    if format == .nvfp4 {
      let part = try module.required(".weight_global_scale", [.f32])
      whole = .divides(try part.require(shape: [1], [], because: "one number").finite()[0])
    }
    return try FP4Matrix(
      module.required(".weight_packed", [.u8]), scale: module.required(".weight_scale", scales),
      groupSize: format == .nvfp4 ? 16 : 32, whole: whole)
  }
}
