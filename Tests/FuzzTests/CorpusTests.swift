import FuzzTargets
import TestSupport
import Testing

/// The corpus of each target, run again: inputs that campaigns found to go different ways, and those that once
/// showed a fault.
@Suite struct CorpusTests {
  @Test(arguments: FuzzTarget.all) func everyInputIsTakenOrRefused(_ target: FuzzTarget) throws {
    var (taken, refused) = (0, 0)
    for input in try Corpus(of: target).inputs {
      do throws(FuzzFault) {
        switch try target.run(input.bytes) {
        case .taken: taken += 1
        case .refused: refused += 1
        }
      } catch {
        Issue.record("\(target.name)/\(input.name): \(error)")
      }
    }
    #expect(taken > 0 && refused > 0, "a corpus that goes one way only says little")
  }

  /// Every beginning and every changed byte of a small input that is taken.
  @Test(arguments: FuzzTarget.all) func damagesOfASmallInput(_ target: FuzzTarget) throws {
    let small = try Corpus(of: target).inputs.filter {
      (try? target.run($0.bytes))?.isTaken == true
    }
    .min { $0.bytes.count < $1.bytes.count }
    let input = try #require(small).bytes
    for end in 0...min(input.count, 256) { try target.run(Array(input[..<end])) }
    var mutator = Mutator(seed: 26)
    for _ in 0..<256 { try target.run(mutator.mutate(text: input + [0])) }
  }

  @Test func everyFolderIsOfATarget() {
    let folders = Corpus.names(in: Corpus.directory).filter { !$0.contains(".") }
    #if Network
      #expect(folders == FuzzTarget.all.map(\.name))
    #else
      #expect(Set(folders).isSuperset(of: FuzzTarget.all.map(\.name)))
    #endif
  }

  @Test func theCorpusIsSmall() throws {
    let bytes = try FuzzTarget.all.reduce(0) {
      try $0 + Corpus(of: $1).inputs.reduce(0) { $0 + $1.bytes.count }
    }
    #expect(bytes < 5_000_000)
  }
}

extension FuzzTarget: CustomTestStringConvertible {
  package var testDescription: String { name }
}
