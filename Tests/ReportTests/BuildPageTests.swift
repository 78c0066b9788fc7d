import CleaveReport
import TestSupport
import Testing

/// The page of a build, in a browser.
@Suite(
  .serialized,
  .enabled(
    if: Chromium.path != nil, "SKIPPED: no chromium here (tools/install-dependencies.sh chromium)"))
struct BuildPageTests {
  private let scratch: Scratch
  private let fixture: CalibratedArtifact
  private let calibration: Report

  init() throws {
    scratch = try Scratch()
    fixture = try CalibratedArtifact(in: scratch)
    calibration = try Report(fixture.write(to: "calibrated", in: scratch))
  }

  /// Two exits with two curves each, of three evaluations.
  private var curves: [BuildPage.Curve] {
    [(0, false), (0, true), (1, false), (1, true)].map { exit, isFed in
      BuildPage.Curve(
        name: "exit \(2 + 2 * exit)\(isFed ? " fed" : "")", exit: exit, isFed: isFed,
        points: (0..<3).map { step in
          let gain = Double(step + exit) / 10
          return .init(
            tokens: step * 15_500, loss: 3.9 - gain, agreement: 0.33 + gain, coverage: gain / 2)
        })
    }
  }

  private func page(_ name: String, curves: [BuildPage.Curve], _ calibration: Report?) -> String {
    BuildPage(
      title: "\(name): verified", statements: ["Made of source.checkpoint <x>.gguf."], faults: [],
      stages: [
        .init(name: "import", seconds: 0.5, bytes: 101_728_723, prediction: "0.656 s"),
        .init(name: "evaluate, feedback", seconds: 123, bytes: 0, prediction: nil),
      ],
      tables: [
        .init(
          id: "checks", title: "Checks", header: ["check", "", ""], rows: [["a", "pass", "b"]])
      ], curves: curves, calibration: calibration
    ).html
  }

  @Test(arguments: [1280, 390, 320]) func everyMarkIsDrawn(width: Int) throws {
    let html = page("tiny", curves: curves, calibration)
    let probe = try PageProbe(html: html, width: width, in: scratch)
    #expect(probe.innerWidth == width)
    #expect(probe.scrollWidth <= probe.innerWidth, "the body scrolls sideways")
    #expect(probe.overlaps == [])
    let legend = fixture.depths.count + 2
    let tokens = fixture.evidence.samples.map(\.tokens.count).reduce(0, +)
    #expect(probe.drawn["mark-curve"] == 3 * 4)
    #expect(probe.drawn["mark-learnt"] == 3 * 4 * 3)
    #expect(probe.drawn["token"] == tokens + legend)
    #expect(probe.drawn["banner"] == nil)
    #expect(html.contains("confidence, on average at most"))
  }

  @Test func aBrowserHasNothingToComplainOf() throws {
    try scratch.write(page("tiny", curves: curves, calibration), to: "page.html")
    let page = try Chromium(
      page: scratch("page.html"), width: 1280, profile: try scratch.makeDirectory("profile"))
    #expect(page.console == [])
    #expect(page.dom.contains("What the exits learnt") && page.dom.contains("&lt;x&gt;.gguf"))
  }

  /// Nothing was trained or calibrated, an exit was evaluated once, or learnt nothing.
  @Test func aPageWithLittleFitsToo() throws {
    let long = String(repeating: "long", count: 50)
    let plain = page(long, curves: [], nil)
    #expect(!plain.contains("What the exits learnt") && !plain.contains("Samples"))
    let once = BuildPage.Curve(
      name: long, exit: 7, isFed: false,
      points: [.init(tokens: 0, loss: 0, agreement: 0, coverage: 0)])
    let probe = try PageProbe(html: page(long, curves: [once], nil), width: 320, in: scratch)
    #expect(probe.scrollWidth <= probe.innerWidth)
    #expect(probe.drawn["mark-learnt"] == 3)
    #expect(probe.overlaps == [])
  }
}
