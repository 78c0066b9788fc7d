import FuzzTargets
import Glibc
import TestSupport

/// The inputs that are kept of campaigns: Tests/Corpus has a folder for each target.
struct Corpus {
  struct Input {
    let name: String
    let bytes: [UInt8]
  }

  static let directory: String = {
    let here = #filePath.split(separator: "/", omittingEmptySubsequences: false)
    return here.dropLast(2).joined(separator: "/") + "/Corpus"
  }()

  let inputs: [Input]

  init(of target: FuzzTarget) throws {
    let path = "\(Self.directory)/\(target.name)"
    inputs = try Self.names(in: path).map { Input(name: $0, bytes: try readFile("\(path)/\($0)")) }
  }

  /// The folders and files of a directory, in order.
  static func names(in directory: String) -> [String] {
    guard let handle = opendir(directory) else { return [] }
    defer { closedir(handle) }
    var names: [String] = []
    while let entry = readdir(handle) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if !name.hasPrefix(".") { names.append(name) }
    }
    return names.sorted()
  }
}
