import FuzzTargets
import Glibc
import LibFuzzer

/// libFuzzer's loop over one target, which CLEAVE_FUZZ_TARGET names; the command line has libFuzzer's options.
/// Without a target it prints their names.
///
/// The target is no argument because libFuzzer starts itself again with those that it knows.
@main
enum FuzzRunner {
  private static let target = getenv("CLEAVE_FUZZ_TARGET").flatMap { name in
    FuzzTarget.all.first { $0.name == String(cString: name) }
  }

  static func main() {
    guard target != nil else {
      for target in FuzzTarget.all { print(target.name) }
      return
    }
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
}
