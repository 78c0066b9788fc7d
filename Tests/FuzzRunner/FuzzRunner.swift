import CleaveStorage
import FuzzTargets
import Glibc
import LibFuzzer

/// libFuzzer's loop over one target, which CLEAVE_FUZZ_TARGET names; the command line has libFuzzer's options.
/// Without a target it prints their names. With CLEAVE_FUZZ_OUTCOMES the command line has files, and what each comes to
/// is printed, for tools/fuzz/compare.py.
///
/// The target is no argument because libFuzzer starts itself again with those that it knows.
@main
enum FuzzRunner {
  private static let target = getenv("CLEAVE_FUZZ_TARGET").flatMap { name in
    FuzzTarget.all.first { $0.name == String(cString: name) }
  }

  static func main() throws {
    guard let target else {
      for target in FuzzTarget.all { print(target.name) }
      return
    }
    if getenv("CLEAVE_FUZZ_OUTCOMES") != nil { return try printOutcomes(of: target) }
    var count = CommandLine.argc
    var arguments = Optional(CommandLine.unsafeArgv)
    exit(
      LLVMFuzzerRunDriver(&count, &arguments) {
        FuzzRunner.run(UnsafeRawBufferPointer(start: $0, count: $1))
      })
  }

  /// Runs one input. A broken promise ends the process, by which libFuzzer learns of it.
  private static func run(_ bytes: UnsafeRawBufferPointer) -> Int32 {
    do throws(FuzzFault) { try target?.run(Array(bytes)) } catch { fatalError("\(error)") }
    return 0
  }

  /// Prints a line for each file: `taken` and what came of it as a string of JSON, or `refused` and the message.
  private static func printOutcomes(of target: FuzzTarget) throws {
    for path in CommandLine.arguments.dropFirst() {
      let bytes = try FileSystem.read(path, limit: 1 << 24)
      switch try target.run(bytes) {
      case .taken(let text): print("taken", JSON.string(text).text(pretty: false))
      case .refused(let message):
        print("refused", message.split(whereSeparator: \.isNewline).joined(separator: " "))
      }
    }
  }
}
