import CleaveSigning
import CleaveStorage

extension FuzzTarget {
  /// A signature as it lies beside a model, with the statement inside.
  static let signature = FuzzTarget("signature") { input in
    try FuzzFiles.withFile(input) { path in
      let file = try SignatureFile(path: path)
      try FuzzFiles.withFile(Array(file.json.text().utf8)) { copy in
        let again = try reread("a copy") { try SignatureFile(path: copy) }
        try require(
          again.payload == file.payload && again.signature == file.signature
            && again.hint == file.hint, "a signature read and written is the same")
      }
      _ = try file.statement(in: path)
    }
  }

  /// What a signature says of a model.
  static let modelStatement = record("model-statement", { try ModelStatement($0) }, { $0.json })

  /// A key in PEM.
  static let pemKey = FuzzTarget("pem-key") { input in
    try FuzzFiles.withFile(input) { path in
      guard let key = try? SigningKey(path: path) else {
        return _ = try TrustedKey(path: path)
      }
      try require(key.trusted.hint.count == 64, "a key has a digest")
    }
  }
}
