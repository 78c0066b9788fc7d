import ArgumentParser
import CleaveBuild
import CleaveStorage

/// The command `cleave cache`.
struct CacheCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "cache", abstract: "Look at the cache of builds, and make it smaller.",
    subcommands: [List.self, Prune.self])

  /// The command `cleave cache list`.
  struct List: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "list", abstract: "List the stages that the cache holds, the last used first.")

    @OptionGroup var cacheOptions: BuildCacheOptions

    @Flag(help: "Print the list as JSON on standard output.")
    var json = false

    func run() throws {
      let items = try cacheOptions.open().items()
      guard !json else { return try Terminal.print(JSON.array(items.map(\.json)).text()) }
      let total = items.reduce(0) { $0 + $1.bytes }
      let rows = items.map { [$0.label, $0.bytes.formattedBytes, $0.name] }
      try Terminal.print(
        table([["stage", "bytes", "key"]] + rows + [["all", total.formattedBytes, ""]]))
    }
  }

  /// The command `cleave cache prune`.
  struct Prune: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "prune",
      abstract: "Remove what was used longest ago, until the cache is no larger than its limit.")

    @OptionGroup var cacheOptions: BuildCacheOptions

    @Flag(help: "Remove everything.")
    var all = false

    func run() throws {
      let removed = try cacheOptions.open().prune(to: all ? 0 : cacheOptions.limit)
      let bytes = removed.reduce(0) { $0 + $1.bytes }
      try Terminal.print("removed \(removed.count) entries, \(bytes.formattedBytes)")
    }
  }
}

extension BuildCache.Item {
  fileprivate var name: String { String(FileSystem.name(of: path).prefix(12)) }

  fileprivate var json: JSON {
    [
      "stage": .string(label), "path": .string(path), "bytes": .integer(Int64(bytes)),
      "used": .integer(Int64(used)),
    ]
  }
}
