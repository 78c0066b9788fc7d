import CleaveStorage
import FuzzTargets
import Testing

/// What a target says of readers that do not do what they promise.
@Suite struct FuzzTargetTests {
  private struct Unheard: Error {}

  @Test func outcomes() throws {
    #expect(try FuzzTarget("taken") { _ in }.run([]) == .taken(""))
    #expect(try FuzzTarget.giving("given") { "\($0.count)" }.run([1]) == .taken("1"))
    let error = InputError(file: "f", found: "nothing", expected: "something")
    #expect(try FuzzTarget("refused") { _ in throw error }.run([]) == .refused("\(error)"))
  }

  @Test func brokenPromises() {
    #expect(throws: FuzzFault.self) {
      try FuzzTarget("unheard") { _ in throw Unheard() }.run([])
    }
    #expect(throws: FuzzFault.self) {
      try FuzzTarget("broken") { try require($0.isEmpty, "only nothing is right") }.run([1])
    }
    #expect(throws: FuzzFault.self) {
      try FuzzTarget("strict", refuses: { _ in false }) { _ in
        throw InputError(file: "f", found: "nothing", expected: "something")
      }.run([])
    }
  }
}
