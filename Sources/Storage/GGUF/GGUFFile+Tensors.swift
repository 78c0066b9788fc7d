extension GGUFFile {
  /// An entry of the header's tensor list.
  struct Info {
    let name: String
    let type: TensorType
    let shape: [Int]
    let offset: UInt64
  }

  static func tensorInfos(_ cursor: inout GGUFCursor, count: Int) throws -> [Info] {
    var infos: [Info] = []
    var names: Set<String> = []
    for number in 0..<count {
      let name = try cursor.string(limit: longestTensorName, "tensor name \(number)")
      guard names.insert(name).inserted else {
        throw cursor.refuse(
          "tensor name \(number)", found: "\"\(name)\" a second time", expected: "every name once")
      }
      let shape = try dimensions(&cursor, name)
      let rawType = try cursor.read(UInt32.self, name)
      guard let type = TensorType(ggmlID: rawType) else {
        throw cursor.refuse(
          name, found: "tensor type \(GGMLTypeName.of(rawType))",
          expected: "one of \(TensorType.allCases.map(\.rawValue).joined(separator: ", "))")
      }
      let offset = try cursor.read(UInt64.self, name)
      infos.append(Info(name: name, type: type, shape: shape, offset: offset))
    }
    return infos
  }

  /// Reads a shape. The file lists the row length first; shapes here are outermost first.
  private static func dimensions(_ cursor: inout GGUFCursor, _ name: String) throws -> [Int] {
    let count = try cursor.read(UInt32.self, name)
    guard count <= 4 else {
      throw cursor.refuse(name, found: "\(count) dimensions", expected: "at most 4")
    }
    var shape: [Int] = []
    for _ in 0..<count {
      let dimension = try cursor.read(UInt64.self, name)
      guard dimension <= UInt64(Int.max) else {
        throw cursor.refuse(name, found: "a dimension of \(dimension)", expected: "below 2^63")
      }
      shape.insert(Int(dimension), at: 0)
    }
    return shape
  }

  /// Locates the tensors in the file. Each offset must be the padded end of the previous tensor, so
  /// that tensors neither overlap nor hide bytes between them.
  static func locate(
    _ infos: [Info], dataStart: Int, alignment: Int, file: MappedFile
  ) throws -> [Tensor] {
    var running = 0
    return try infos.map { info in
      func refuse(_ found: String, _ expected: String, advice: String? = nil) -> InputError {
        InputError(
          file: file.path, location: info.name, found: found, expected: expected, advice: advice)
      }
      guard let bytes = TensorShape.byteCount(info.shape, type: info.type) else {
        throw refuse(
          "\(info.type.rawValue) of shape \(info.shape)",
          "rows of whole blocks of \(info.type.blockElements), fewer than 2^63 bytes")
      }
      guard info.offset == UInt64(running) else {
        throw refuse("offset \(info.offset)", "\(running), the padded end of the tensor before it")
      }
      let (start, startOverflow) = dataStart.addingReportingOverflow(running)
      let (end, endOverflow) = start.addingReportingOverflow(bytes)
      guard !startOverflow, !endOverflow, end <= file.count else {
        throw refuse(
          "\(bytes) bytes at \(info.offset) of the data", "data inside the \(file.count) byte file",
          advice: GGUFFile.cutShort)
      }
      running = try padded(running + bytes, to: alignment, file: file.path)
      return try Tensor(
        name: info.name, type: info.type, shape: info.shape, file: file, range: start..<end)
    }
  }
}
