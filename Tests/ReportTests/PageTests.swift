import CleaveReport
import Foundation
import TestSupport
import Testing

/// Checks the page in a browser. Skipped if none is installed (tools/install-dependencies.sh
/// chromium).
@Suite(
  .serialized,
  .enabled(
    if: Chromium.path != nil, "SKIPPED: no chromium here (tools/install-dependencies.sh chromium)"))
struct PageTests {
  private let scratch: Scratch
  private let fixture: CalibratedArtifact
  private let html: String

  init() throws {
    scratch = try Scratch()
    fixture = try CalibratedArtifact(in: scratch)
    html = try Report(fixture.write(to: "calibrated", in: scratch)).html
  }

  @Test func aBrowserHasNothingToComplainOf() throws {
    try scratch.write(html, to: "page.html")
    let page = try Chromium(
      page: scratch("page.html"), width: 1280, profile: try scratch.makeDirectory("profile"))
    #expect(page.console == [])
    #expect(page.dom.contains("What a confidence is worth"))
    #expect(!page.dom.contains("<script"))
  }

  /// Checks the browser test itself: it detects scripts and images.
  @Test func aBrowserComplainsOfScriptsAndImages() throws {
    let bad = html.replacing(
      "</main>", with: "<script>1</script><img src=\"https://example.invalid/x\"></main>")
    try scratch.write(bad, to: "bad.html")
    let page = try Chromium(
      page: scratch("bad.html"), width: 1280, profile: try scratch.makeDirectory("profile-bad"))
    #expect(page.console.contains { $0.contains("script-src") || $0.contains("inline script") })
    #expect(page.console.contains { $0.contains("example.invalid") })
  }

  @Test(arguments: [1280, 390, 320]) func everyMarkIsDrawn(width: Int) throws {
    let probe = try PageProbe(html: html, width: width, in: scratch)
    #expect(probe.innerWidth == width)
    #expect(probe.scrollWidth <= probe.innerWidth, "the body scrolls sideways")
    #expect(probe.overlaps == [])
    let evidence = fixture.evidence
    let bins = evidence.exits.map { exit in exit.signalTokens.count { $0 > 0 } }.reduce(0, +)
    let wrong = evidence.exits.map { exit in
      zip(exit.signalTokens, exit.signalRight).count { $0 > $1 }
    }.reduce(0, +)
    let right = evidence.exits.map { exit in exit.signalRight.count { $0 > 0 } }.reduce(0, +)
    #expect(bins == 40)
    let reliability = evidence.exits.map { exit in
      (exit.before + exit.after).count { $0.tokens > 0 }
    }.reduce(0, +)
    let legend = fixture.depths.count + 2
    let expected = [
      "mark-candidate": 16, "mark-passed": 15, "mark-failed": 1, "mark-chosen": 2,
      "mark-promise": 2, "mark-frontier": 3, "mark-reliability": reliability, "mark-diagonal": 2,
      "mark-threshold": 2, "mark-threshold-standalone": 1,
      "token": evidence.samples.map(\.tokens.count).reduce(0, +) + legend,
    ]
    for (kind, count) in expected { #expect(probe.drawn[kind] == count, "\(kind)") }
    // A bin without right or without wrong tokens has a bar of height 0 but full width.
    #expect(try #require(probe.drawn["mark-right"]) >= right)
    #expect(try #require(probe.drawn["mark-wrong"]) >= wrong)
    #expect(probe.drawn["banner"] == nil)
  }

  @Test func aPageWithoutPromiseFitsToo() throws {
    let other = try Scratch()
    var fixture = try CalibratedArtifact(depths: [3], in: other)
    fixture.passNothing()
    fixture.record.weightsSHA256 = SampleRecord.digest("other weights")
    let page = try Report(fixture.write(to: String(repeating: "long", count: 50), in: other)).html
    let probe = try PageProbe(html: page, width: 320, in: other)
    #expect(probe.scrollWidth <= probe.innerWidth)
    #expect(probe.drawn["banner"] == 1 && probe.drawn["mark-passed"] == nil)
    #expect(probe.drawn["mark-chosen"] == 1 && probe.drawn["mark-threshold"] == nil)
    #expect(probe.overlaps == [])
  }
}
