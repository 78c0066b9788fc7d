import CleaveModel
import CleaveStorage

/// The check of a model's signature against a key that is trusted, and of every file against what was signed.
package struct SignatureCheck {
  /// Something that a trusted model does not have.
  package enum Problem: Equatable, Sendable {
    case unsigned
    /// The signature names another key, by this digest.
    case anotherKey(String)
    case wrongSignature
    case changed(String)
    case missing(String)
    /// A file that was not there when the model was signed.
    case added(String)
  }

  private let directory: String
  private let key: TrustedKey
  private let unneeded: Set<String>
  /// Called with the bytes hashed and in all.
  package var progress: (_ done: Int, _ total: Int) -> Void = { _, _ in }

  /// - Parameter unneeded: files that are not used and may be missing, relative to the directory.
  package init(_ directory: String, key: TrustedKey, unneeded: [String] = []) {
    self.directory = directory
    self.key = key
    self.unneeded = Set(unneeded)
  }

  /// Reads the signature and every file.
  ///
  /// - Returns: all problems; none where the model is as the key's holder signed it.
  /// - Throws: `InputError` for a signature that cannot be read.
  package func run() throws -> [Problem] {
    let path = "\(directory)/\(ArtifactLayout.signature)"
    guard FileSystem.exists(path) else { return [.unsigned] }
    let file = try SignatureFile(path: path)
    // Nothing of the payload is believed before the signature is found right.
    guard file.isSigned(by: key) else {
      if let hint = file.hint, hint != key.hint { return [.anotherKey(hint)] }
      return [.wrongSignature]
    }
    return try compare(file.statement(in: path))
  }

  /// Whether a signature, as it lies beside a bundle, is a key's. What it is about is not looked at.
  ///
  /// - Parameters:
  ///   - signature: the file's bytes.
  ///   - file: what errors call it.
  /// - Throws: `InputError` for bytes that are no signature by a key.
  package static func isSigned(_ signature: [UInt8], by key: TrustedKey, file: String) throws
    -> Bool
  {
    try SignatureFile(JSONNode(parsing: signature, file: file)).isSigned(by: key)
  }

  private func compare(_ statement: ModelStatement) throws -> [Problem] {
    let present = try ModelFiles.list(
      directory, ignoring: statement.ignored + [ArtifactLayout.signature])
    let total = try ModelFiles.bytes(of: present, in: directory)
    let signed = Dictionary(uniqueKeysWithValues: statement.resources.map { ($0.name, $0.sha256) })
    var bytes = 0
    var problems: [Problem] = []
    for name in present {
      guard let expected = signed[name] else {
        problems.append(.added(name))
        continue
      }
      let digest = try FileDigest(ofFile: "\(directory)/\(name)") {
        bytes += $0
        progress(bytes, total)
      }
      if digest.sha256 != expected { problems.append(.changed(name)) }
    }
    let here = Set(present)
    problems += statement.resources.map(\.name)
      .filter { !here.contains($0) && !unneeded.contains($0) }.map(Problem.missing)
    return problems
  }
}

extension SignatureCheck.Problem: CustomStringConvertible {
  package var description: String {
    switch self {
    case .unsigned: "it is not signed: there is no \(ArtifactLayout.signature)"
    case .anotherKey(let hint): "it was signed with another key, \(hint.shown(limit: 80))"
    case .wrongSignature: "the signature is not this key's, or was changed"
    case .changed(let name): "\(name.shown(limit: 200)) was changed since"
    case .missing(let name): "\(name.shown(limit: 200)) is missing"
    case .added(let name): "\(name.shown(limit: 200)) was not there when it was signed"
    }
  }
}
