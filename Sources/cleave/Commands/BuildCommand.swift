import ArgumentParser
import CleaveBuild
import CleaveNetwork
import CleaveStorage
import Foundation

/// The command `cleave build`.
struct BuildCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "build",
    abstract: "From a checkpoint to verified bundles, as a recipe says.",
    discussion: """
      RECIPE is a YAML file (specs/recipe.md; `cleave recipe init MODEL` writes one). Its paths are \
      relative to its directory. Stages are kept in a cache by the contents of all that they read, so \
      that what is unchanged is not run again, and a build that was stopped or killed goes on where it \
      was. Beside the recipe a lock is written with the digests of every input and output.

      The output holds the models, the bundles edge and cloud, exports, the calibration's report, and \
      the build as build.json, build.html, junit.xml and summary.md. An earlier build's output is replaced.

      Two builds may use one cache: where both need the same stage, the second waits for the first.

      Exit status 0: every check passed. 1: one failed, an export failed, or --locked found a difference. 2: wrong \
      input.
      """)

  @Argument(help: "Recipe, a YAML file.")
  var recipe: String

  @Option(name: .shortAndLong, help: "Directory to write (default: RECIPE.build, without .yaml).")
  var output: String?

  @Option(
    parsing: .unconditionalSingleValue,
    help: ArgumentHelp(
      "A value in place of the recipe's, as in train.time_budget=20m. May be repeated.",
      valueName: "key=value"))
  var set: [String] = []

  @OptionGroup var cacheOptions: BuildCacheOptions

  @Flag(help: "Fail where anything differs from the lock, which stays as it is.")
  var locked = false

  @Flag(help: "Run nothing: say what each stage will take, and whether it can.")
  var dryRun = false

  @Option(
    help: "Most seconds to wait for another build that runs the same stage (default: no limit).")
  var maxWait: Double?

  @Option(
    help: ArgumentHelp(
      "Address of who builds, for the bundles' provenance, as https://ci.example.com/jobs/7.",
      valueName: "uri"))
  var builder: String?

  @Option(
    help: ArgumentHelp(
      "Sign the bundles with the private key in this PEM file; - is standard input.",
      valueName: "key.pem"))
  var signKey: String?

  @OptionGroup var engine: ThreadOptions
  @OptionGroup var progress: ProgressOptions

  @OptionGroup(title: "Publication, where the recipe has one") var registry: RegistryOptions

  @Flag(help: "Print the result as JSON on standard output.")
  var json = false

  func validate() throws {
    guard maxWait.map({ $0 >= 0 && $0 <= 1e9 }) ?? true else {
      throw ValidationError("--max-wait: expected 0 or more seconds")
    }
  }

  func run() async throws {
    let recipe = try BuildRecipe(
      file: recipe, overrides: try set.map { try RecipeOverride(parsing: $0) },
      environment: ProcessInfo.processInfo.environment)
    let lockPath = recipe.sibling(".lock")
    let release = try UsageError.naming([.builder: "--builder"]) {
      try BuildRelease(builder: builder, environment: ProcessInfo.processInfo.environment)
    }
    let display = BuildDisplay(quiet: progress.quiet)
    let cache = try cacheOptions.open()
    var build = Build(recipe, cache: cache)
    build.threads = engine.threads
    build.lock = locked ? try BuildLock(reading: lockPath) : nil
    build.longestWait = maxWait.map { .seconds($0) }
    build.onEvent = display.show
    let threads = engine.threads
    build.probe = { try MachineProbe.rate(threads: threads) }
    build.shouldStop = { Interruption.isRequested }
    if dryRun { return try show(try build.forecast(), cache) }
    #if !Network
      if try !recipe.publications.isEmpty { throw NetworkMissing() }
    #endif
    let path = output ?? recipe.sibling(".build")
    let target = try BuildOutput(path, sources: [self.recipe])
    // Training stops at its next step; other stages begin again anyway, and are ended.
    Interruption.stopGently(within: 20_000)
    let result: BuildResult
    do { result = try await build.run() } catch is BuildStopped {
      Terminal.writeError("stopped; the same command goes on from here\n")
      throw Interrupted()
    }
    display.finish()
    try target.write(result, lock: locked ? nil : lockPath, release: release)
    _ = try cache.prune(to: cacheOptions.limit, keeping: result.keys)
    try sign(path)
    try Terminal.print(json ? result.json.text() : try result.text())
    if !result.isVerified || !result.isComplete { throw ChecksFailed() }
    try await publish(recipe, path)
  }

  private func show(_ forecast: BuildForecast, _ cache: BuildCache) throws {
    try Terminal.print(json ? forecast.json.text() : forecast.text)
    try forecast.check()
  }
}
