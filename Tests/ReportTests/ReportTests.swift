import CleaveModel
import CleaveReport
import TestSupport
import Testing

/// Tests of the page's text in each state.
@Suite struct ReportTests {
  private let scratch: Scratch
  private var fixture: CalibratedArtifact

  init() throws {
    scratch = try Scratch()
    fixture = try CalibratedArtifact(in: scratch)
  }

  private func html(_ fixture: CalibratedArtifact, _ name: String = "calibrated") throws -> String {
    try Report(fixture.write(to: name, in: scratch)).html
  }

  @Test func promised() throws {
    let page = try html(fixture)
    #expect(
      page.contains(
        """
        With 95 % confidence, on average at most 5 % of tokens on new prompts of this source differ \
        from the whole model (loss: disagreement). 38.2 % of tokens need the cloud.
        """))
    #expect(
      page.contains(
        """
        Measured, not promised: 23.1 % of tokens differ from the whole model on 1,200 prompts; below \
        25.0 % with 95 % confidence. No token needs the cloud.
        """))
    #expect(!page.contains("class=\"banner\""))
    // Full precision, and the inputs of the calibration.
    for text in [
      "0.8312499821186066", "0.615", fixture.record.calibration.sha256, "int8", "f16",
      SampleRecord.digest("xsum"), "cleave \(CleaveVersion.text)", "512 tokens", "betting",
    ] { #expect(page.contains(text), "\(text)") }
  }

  @Test func conformal() throws {
    var fixture = fixture
    fixture.record.collaborative.promise = CalibrationPromise(
      risk: 0.025, delta: nil, procedure: .conformal, passed: true)
    let page = try html(fixture)
    #expect(page.contains("In expectation, on average at most 2.5 % of tokens"))
    #expect(page.contains("one calibration alone may do worse") && page.contains("conformal risk"))
    #expect(!page.contains("% confidence, on average"))
  }

  @Test func nothingPassed() throws {
    var fixture = fixture
    fixture.passNothing()
    let page = try html(fixture)
    #expect(page.contains("Nothing passed: no thresholds kept at most 5 % of tokens different"))
    #expect(page.contains("Every exit is off: the cloud gives every token."))
    #expect(page.contains("2.0 (off)") && page.contains("<h1 class=\"void\""))
    #expect(!page.contains("mark-passed\"") && page.contains("mark-candidate mark-failed"))
  }

  @Test func standaloneMayPromise() throws {
    var fixture = fixture
    fixture.record.loss = "token-edit"
    fixture.record.standalone.promise = CalibrationPromise(
      risk: 0.3, delta: 0.1, procedure: .binomial, passed: true)
    let page = try html(fixture)
    #expect(
      page.contains(
        "With 90 % confidence, the loss on new prompts of this source is on average at most 30 %"))
    #expect(page.contains("(loss: token-edit)") && page.contains("exact binomial"))
  }

  @Test func staleIsVoid() throws {
    var fixture = fixture
    fixture.record.weightsSHA256 = SampleRecord.digest("other weights")
    let report = try Report(fixture.write(to: "stale", in: scratch))
    #expect(report.html.contains("<strong>The promise is void.</strong>"))
    #expect(report.html.contains("Weights now") && report.html.contains("<h1 class=\"void\""))
    guard case .object(let json) = report.json, case .bool(true)? = json["stale"] else {
      return #expect(Bool(false), "not said to be stale")
    }
  }

  @Test func withoutSamplesOrCandidates() throws {
    var fixture = fixture
    fixture.evidence.samples = []
    fixture.evidence.candidates = []
    fixture.evidence.standaloneCandidates = []
    fixture.evidence.frontiers = []
    let page = try html(fixture)
    #expect(page.contains("None were kept.") && page.contains("mark-chosen"))
    #expect(!page.contains("mark-candidate\"") && !page.contains("NaN") && !page.contains("nan\""))
  }

  @Test func oneExitOnAnEdge() throws {
    let other = try Scratch()
    let artifact = try CalibratedArtifact(depths: [3], isEdge: true, in: other)
      .write(to: "bundle", in: other)
    let page = try Report(artifact).html
    #expect(page.contains("cleave calibration report · edge"))
    #expect(page.contains("Exit 3") && !page.contains("Exit 4"))
  }

  // MARK: Hostile text

  @Test func nothingFromOutsideIsMarkup() throws {
    let page = try html(fixture, "it's <b>\"bold\"</b> & co".replacing("/", with: "_"))
    #expect(!page.contains("<script") && !page.contains("<b>") && !page.contains("</script"))
    #expect(page.contains("&lt;script&gt;alert(&#39;name&#39;)&lt;/script&gt;.jsonl"))
    #expect(page.contains("&lt;b&gt;&quot;bold&quot;&lt;_b&gt; &amp; co"))
    #expect(page.contains("&amp;quot;") == false, "nothing is escaped twice")
    #expect(page.contains("&lt;script&gt;.jsonl:q"), "settings of a step")
    #expect(page.contains(#"&#39;model&#39;\&#39;&#39;s&#39;"#), "the command, as a shell reads it")
    // Each tag is one that the page uses.
    let tags = Set(page.matches(of: /<\/?([a-zA-Z!][a-zA-Z0-9-]*)/).map { String($0.1) })
    let known: Set<String> = [
      "!doctype", "!--", "html", "head", "meta", "title", "style", "body", "main", "header",
      "section", "article", "figure", "figcaption", "details", "summary", "h1", "h2", "h3", "p",
      "div", "span", "strong", "code", "dl", "dt", "dd", "ul", "ol", "li", "table", "thead",
      "tbody",
      "tr", "th", "td", "svg", "line", "text", "circle", "rect", "path", "polyline",
    ]
    #expect(tags.subtracting(known) == [])
    #expect(!page.contains(/\son[a-z]+=/) && !page.contains(/\s(href|src)=|url\(/))
  }

  @Test func controlCharactersBecomePictures() throws {
    var fixture = fixture
    fixture.evidence.samples[0].prompt = "a\u{1}b\r\u{7F}c\u{202E}d"
    let page = try html(fixture)
    #expect(page.contains("a\u{2401}b\u{240D}\u{2421}c\u{FFFD}d"))
    #expect(page.unicodeScalars.allSatisfy { $0.value >= 0x20 || $0 == "\n" || $0 == "\t" })
  }

  @Test func theSameArtifactGivesTheSameBytes() throws {
    let first = try html(fixture, "same")
    let other = try Scratch()
    let again = try CalibratedArtifact(in: other).write(to: "same", in: other)
    #expect(try Report(again).html == first)
  }
}
