/// The rules of one kind of output: what `--force` may replace, what a leftover of a killed process
/// holds, and which directories nothing is written into. Storage itself knows no format.
package struct OutputFormat: Sendable {
  package enum Shape: String, Sendable {
    case file, directory
  }

  let shape: Shape
  let objection: @Sendable (_ path: String) throws -> Objection?
  let isLeftover: @Sendable (_ path: String) -> Bool
  let closed: ClosedDirectories

  /// - Parameters:
  ///   - objection: why `--force` must not replace what stands at a path, or nil where it may.
  ///   - isLeftover: whether what is at a path, which has the name of something staged, is nothing but
  ///     what this format writes. The rest is somebody's own and never removed.
  ///   - closed: the directories that an output of this format must not lie in.
  package init(
    _ shape: Shape, closed: ClosedDirectories,
    objection: @escaping @Sendable (_ path: String) throws -> Objection?,
    isLeftover: @escaping @Sendable (_ path: String) -> Bool
  ) {
    self.shape = shape
    self.closed = closed
    self.objection = objection
    self.isLeftover = isLeftover
  }
}

extension OutputFormat {
  /// The reason why something at a target is not replaced, as `InputError` shows it.
  package struct Objection: Sendable {
    let location: String
    let found: String
    let expected: String
    let advice: String

    package init(location: String = "", found: String, expected: String, advice: String) {
      self.location = location
      self.found = found
      self.expected = expected
      self.advice = advice
    }
  }

  /// Directories that hold files of their own and no other, by what they are called and how one is
  /// recognised.
  package struct ClosedDirectories: Sendable {
    let plural: String
    let noun: String
    let contains: @Sendable (_ path: String) -> Bool

    /// - Parameters:
    ///   - noun, plural: what errors call one of them and several, without an article.
    ///   - contains: whether the directory at a path is one.
    package init(
      _ noun: String, plural: String, contains: @escaping @Sendable (_ path: String) -> Bool
    ) {
      self.noun = noun
      self.plural = plural
      self.contains = contains
    }
  }

  /// A single file.
  ///
  /// - Parameter replaces: whether `--force` may replace the file at this path.
  package static func file(
    closed: ClosedDirectories, replaces: @escaping @Sendable (_ path: String) -> Bool
  ) -> OutputFormat {
    OutputFormat(
      .file, closed: closed,
      objection: { path in
        FileSystem.kind(path) == .regular && replaces(path) ? nil : .anotherKind(.file)
      }, isLeftover: { FileSystem.kind($0) == .regular })
  }

  /// A flat directory of files.
  ///
  /// - Parameters:
  ///   - files: the names that are written; a leftover holds no others.
  ///   - replaces: whether `--force` may replace the directory at this path.
  package static func directory(
    of files: [String], closed: ClosedDirectories,
    replaces: @escaping @Sendable (_ path: String) -> Bool
  ) -> OutputFormat {
    OutputFormat(
      .directory, closed: closed,
      objection: { path in
        FileSystem.kind(path) == .directory && replaces(path) ? nil : .anotherKind(.directory)
      },
      isLeftover: { path in
        (try? FileSystem.entries(of: path))?.allSatisfy(files.contains) == true
      })
  }
}

extension OutputFormat.Objection {
  fileprivate static func anotherKind(_ shape: OutputFormat.Shape) -> Self {
    let plural = shape == .file ? "files" : "directories"
    return Self(
      found: "something of another kind", expected: "a \(shape.rawValue) of the same format",
      advice: "--force replaces only such \(plural); remove it by hand if you mean it.")
  }
}
