import Glibc

extension FileSystem {
  /// The absolute path with links resolved, or nil when nothing is there.
  package static func resolved(_ path: String) -> String? {
    guard let real = realpath(path, nil) else { return nil }
    defer { free(real) }
    return String(cString: real)
  }

  /// The location that the path leads to, or will once it is made: what is not there yet is resolved
  /// through its nearest ancestor that is.
  private static func prospective(_ path: String) -> String {
    if let real = resolved(path) { return real }
    let parent = parent(of: path)
    guard parent != path else { return path }  // a working directory that is gone
    let above = prospective(parent)
    switch path.split(separator: "/").last {
    case nil, ".": return above
    case "..": return self.parent(of: above)
    case let name?: return above == "/" ? "/\(name)" : "\(above)/\(name)"
    }
  }

  /// Whether two paths lead to the same location or one lies inside the other, be they there yet or not.
  package static func overlap(_ first: String, _ second: String) -> Bool {
    func contains(_ outer: String, _ inner: String) -> Bool {
      outer == "/" || "\(inner)/".hasPrefix("\(outer)/")
    }
    return locations(of: first).contains { first in
      locations(of: second).contains { contains(first, $0) || contains($0, first) }
    }
  }

  /// The location a path leads to, and, when it is a link, that of the link: a target replaces the link.
  private static func locations(of path: String) -> [String] {
    let name = path.split(separator: "/").last ?? "."
    guard isLink(path), name != ".", name != ".." else { return [prospective(path)] }
    return [prospective(path), "\(prospective(parent(of: path)))/\(name)"]
  }

  /// The last component of a path, "." and trailing slashes resolved away.
  package static func name(of path: String) -> String {
    let full = resolved(path) ?? path
    return full.split(separator: "/").last.map(String.init) ?? full
  }

  /// The path without its last component: "." when there is nothing.
  package static func parent(of path: String) -> String {
    var trimmed = path[...]
    while trimmed.count > 1, trimmed.hasSuffix("/") { trimmed = trimmed.dropLast() }
    guard let slash = trimmed.lastIndex(of: "/") else { return "." }
    return slash == trimmed.startIndex ? "/" : String(trimmed[..<slash])
  }
}
