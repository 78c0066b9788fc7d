import ArgumentParser
import CleaveRuntime

/// The executable that `make bench` measures cleave with; tools/bench/bench.py drives it beside a
/// peer.
@main struct Bench: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "cleave-bench",
    abstract: "Measures the engine, the machine's memory, and products beside OpenBLAS.",
    subcommands: [
      EngineCommand.self, BandwidthCommand.self, WeightsCommand.self, ProductsCommand.self,
      PaperCommand.self, CodecsCommand.self, LoadPeerCommand.self,
    ] + networked)

  private static var networked: [any ParsableCommand.Type] {
    #if Network
      [LoadCommand.self]
    #else
      []
    #endif
  }

  static func main() async {
    do {
      try InstructionSet.selectFromEnvironment()
      var command = try parseAsRoot()
      if var asynchronous = command as? any AsyncParsableCommand {
        try await asynchronous.run()
      } else {
        try command.run()
      }
    } catch {
      exit(withError: error)
    }
  }
}
