import CleaveStorage

/// The manifest of a capture store.
struct CaptureManifest {
  static let schema = "cleave.capture"
  static let version = 2
  static let largest = 1 << 22

  /// The SHA-256 over model, data and settings. Two captures of one key have the same bytes.
  var key: String
  var configuration: CaptureConfiguration
  var sequences: Int
  var tokens: Int
  /// The digests of the files, in the order of `CaptureLayout.data`.
  var digests: [FileDigest]
  /// What the key was made of, for readers.
  var settings: JSON

  var json: JSON {
    var object = JSONObject([
      ("schema", .string(Self.schema)), ("version", .integer(Int64(Self.version))),
      ("key", .string(key)),
    ])
    if case .object(let configuration) = configuration.json {
      for member in configuration.members { object[member.name] = member.value }
    }
    object["sequences"] = .integer(Int64(sequences))
    object["tokens"] = .integer(Int64(tokens))
    object["files"] = .object(
      JSONObject(
        zip(CaptureLayout.data, digests).map { name, digest in
          (name, ["bytes": .integer(Int64(digest.bytes)), "sha256": .string(digest.sha256)])
        }))
    object["settings"] = settings
    return .object(object)
  }

  /// - Throws: `InputError` for another schema or version, and for sizes that are not those of the
  ///   numbers.
  init(_ node: JSONNode) throws {
    let schema = try node.required("schema")
    guard try schema.string() == Self.schema else { throw schema.refuse(expected: Self.schema) }
    let version = try node.required("version")
    guard try version.int() == Self.version else {
      throw version.refuse(
        expected: "version \(Self.version)", advice: "Capture again, in another directory.")
    }
    key = try node.required("key").string()
    configuration = try CaptureConfiguration(node)
    // So many that no product of sizes overflows.
    sequences = try node.required("sequences").int(in: 1...Int(UInt32.max))
    tokens = try node.required("tokens").int(in: 1...1 << 40)
    settings = try node.required("settings").value
    let files = try node.required("files")
    digests = []
    for (name, size) in zip(CaptureLayout.data, try sizes(node)) {
      let file = try files.required(name)
      let bytes = try file.required("bytes")
      guard try bytes.int() == size else {
        throw bytes.refuse(expected: "\(size), of so many sequences and tokens")
      }
      digests.append(FileDigest(bytes: size, sha256: try file.required("sha256").string()))
    }
  }

  init(
    key: String, configuration: CaptureConfiguration, sequences: Int, tokens: Int,
    digests: [FileDigest], settings: JSON
  ) {
    self.key = key
    self.configuration = configuration
    self.sequences = sequences
    self.tokens = tokens
    self.digests = digests
    self.settings = settings
  }

  /// The bytes of each file, in the order of `CaptureLayout.data`.
  private func sizes(_ node: JSONNode) throws -> [Int] {
    let perToken = [
      4, configuration.stateBytes, configuration.depths.count, configuration.teacherBytes,
    ]
    return try [sequences * SequenceRecord.bytes]
      + perToken.map {
        let (bytes, overflow) = tokens.multipliedReportingOverflow(by: $0)
        guard !overflow else {
          throw node.refuse(expected: "fewer tokens", found: "\(tokens) tokens of \($0) bytes")
        }
        return bytes
      }
  }
}
