import Glibc

/// Files under Tests/Golden, made once by the scripts of tools/golden and committed.
package enum Golden {
  package static let directory: String = {
    let here = #filePath.split(separator: "/", omittingEmptySubsequences: false)
    return here.dropLast(2).joined(separator: "/") + "/Golden"
  }()

  package static func path(_ relative: String) -> String { "\(directory)/\(relative)" }

  package static func bytes(_ relative: String) throws -> [UInt8] {
    try readFile(path(relative))
  }
}

/// SmolLM2-135M-Instruct as Q4_1 GGUF: where CLEAVE_SMOLLM2 points, else where `make test` puts it.
package enum SmolLM2 {
  package static let path: String? = {
    func variable(_ name: String) -> String? { getenv(name).map { String(cString: $0) } }
    let cache = variable("XDG_CACHE_HOME") ?? (variable("HOME") ?? "") + "/.cache"
    let cached = cache + "/cleave/SmolLM2-135M-Instruct.Q4_1.gguf"
    let candidate = variable("CLEAVE_SMOLLM2") ?? cached
    return access(candidate, R_OK) == 0 ? candidate : nil
  }()
  package static var isPresent: Bool { path != nil }

  /// Directories of the same model in Hugging Face's format, separated by colons.
  package static let huggingFaceDirectories =
    getenv("CLEAVE_SMOLLM2_HF").map { String(cString: $0) }?.split(separator: ":").map(String.init)
    ?? []
}

package struct FileUnreadable: Error {
  package let path: String

  package init(path: String) { self.path = path }
}

package func readFile(_ path: String) throws -> [UInt8] {
  guard let file = fopen(path, "rb") else { throw FileUnreadable(path: path) }
  defer { fclose(file) }
  fseek(file, 0, SEEK_END)
  var bytes = [UInt8](repeating: 0, count: ftell(file))
  rewind(file)
  guard fread(&bytes, 1, bytes.count, file) == bytes.count else { throw FileUnreadable(path: path) }
  return bytes
}

/// A file whose size is not known before it is read, as those of /proc.
package func readPipe(_ path: String) throws -> [UInt8] {
  guard let file = fopen(path, "rb") else { throw FileUnreadable(path: path) }
  defer { fclose(file) }
  var bytes: [UInt8] = []
  while case let byte = fgetc(file), byte != EOF { bytes.append(UInt8(truncatingIfNeeded: byte)) }
  return bytes
}
