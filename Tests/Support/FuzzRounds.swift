import CleaveStorage
import Testing

/// Runs `body` on damaged inputs: anything but an `InputError` fails the test, and so do damages that
/// hardly ever matter.
package func expectInputErrorsOnly(_ rounds: Int, _ body: (Int) throws -> Void) {
  var refused = 0
  for round in 0..<rounds {
    do { try body(round) } catch is InputError { refused += 1 } catch {
      Issue.record("round \(round): \(type(of: error))")
    }
  }
  #expect(refused > rounds / 4, "the damages are too gentle to say anything")
}
