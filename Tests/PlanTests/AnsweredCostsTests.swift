import CleaveModel
import CleavePlan
import CleaveStorage
import TestSupport
import Testing

/// What a measured server costs, by hand.
@Suite struct AnsweredCostsTests {
  private let scratch: Scratch
  private let manifest: Manifest

  init() throws {
    scratch = try Scratch()
    // 6 blocks, of which a server runs 4.
    manifest = try TinyModel.llama3.withExits([2, 4], threshold: 2, into: scratch).manifest
  }

  private func profile(_ change: (inout LinkProfile) -> Void = { _ in }) -> LinkProfile {
    var profile = LinkProfile(
      origin: .measured, method: "by hand", roundTripMilliseconds: .init(p50: 40, p95: 44),
      upBitsPerSecond: 30e6)
    profile.answers = [
      .init(columns: 1, seconds: 0.009), .init(columns: 2, seconds: 0.011),
      .init(columns: 8, seconds: 0.023),
    ]
    profile.server = .init(
      modelID: manifest.modelID, firstBlock: 2,
      head: [.init(columns: 1, seconds: 0.001), .init(columns: 8, seconds: 0.0024)])
    change(&profile)
    return profile
  }

  private func isNear(_ first: Double, _ second: Double) -> Bool { abs(first - second) < 1e-12 }

  @Test func blocksAreWhatAnswersTakeBesideTheHead() throws {
    let costs = try AnsweredCosts(profile(), file: "cloud.json", of: manifest)
    for (columns, seconds) in [(1, 0.008), (2, 0.010), (5, 0.016), (8, 0.022), (16, 0.045)] {
      #expect(isNear(costs.blocks(2..<6, columns: columns, context: 9), seconds))
      #expect(isNear(costs.blocks(0..<6, columns: columns, context: 0), 1.5 * seconds))
    }
    #expect(isNear(costs.head(rows: 1), 0.001))
    #expect(isNear(costs.head(rows: 8), 0.0024))
    #expect(isNear(costs.head(rows: 16), 0.0048))
  }

  @Test func whatWasNotMeasuredIsRefused() throws {
    func location(_ change: (inout LinkProfile) -> Void) -> String? {
      do { _ = try AnsweredCosts(profile(change), file: "cloud.json", of: manifest) } catch {
        return (error as? InputError)?.location
      }
      return nil
    }
    #expect(location { $0.answers = [] } == "answers")
    #expect(location { $0.server = nil } == "answers")
    #expect(
      location { $0.server?.modelID = String(repeating: "0", count: 64) } == "server.model_id")
    #expect(location { $0.server?.firstBlock = 6 } == "server.first_block")
    #expect(location { _ in } == nil)
  }

  /// A message that costs less than is counted for it anyway adds nothing.
  @Test func aRequestAddsWhatItsMessagesDoNotCover() throws {
    let link = try #require(PlannedLink(text: "30Mbit,40ms"))
    var settings = PlanSettings(link: link)
    settings.messageSeconds = 0.0003
    let slow = profile { $0.requestMilliseconds = .init(p50: 5, p95: 9) }
    #expect(isNear(settings.requestSeconds(slow), 0.0041))
    let fast = profile { $0.requestMilliseconds = .init(p50: 0.5, p95: 9) }
    #expect(settings.requestSeconds(fast) == 0)
    #expect(settings.requestSeconds(profile()) == 0)
  }
}
