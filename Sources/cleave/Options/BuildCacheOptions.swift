import ArgumentParser
import CleaveBuild
import Foundation

/// Options of the commands that use the cache of builds.
struct BuildCacheOptions: ParsableArguments {
  @Option(help: "Directory of the cache (default: cleave/build in the user's cache).")
  var cache: String?

  @Option(
    help: ArgumentHelp(
      "Most bytes of the cache, as 20G: beyond it what was used longest ago is removed (default: 50G).",
      valueName: "size"))
  var cacheLimit: ByteSize?

  var limit: Int { cacheLimit?.bytes ?? 50_000_000_000 }

  func open() throws -> BuildCache {
    try BuildCache(
      try cache ?? BuildCache.standardDirectory(ProcessInfo.processInfo.environment))
  }
}
