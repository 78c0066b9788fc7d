#if Network
  import CleaveGenerate
  import CleaveNetwork
  import CleaveService
  import CleaveStorage
  import Foundation
  import TestSupport
  import Testing

  /// The page in a browser. Skipped if none is installed (tools/install-dependencies.sh chromium).
  @Suite(
    .serialized, .timeLimit(.minutes(4)),
    .enabled(
      if: Browser.path != nil, "SKIPPED: no chromium here (tools/install-dependencies.sh chromium)")
  )
  struct PageTests {
    private let fixture: ServiceFixture

    init() throws { fixture = try ServiceFixture(threshold: 0.02) }

    /// Runs on a thread of its own: a browser is waited for without yielding.
    private func withBrowser<Result: Sendable>(
      _ name: String, _ body: @escaping @Sendable (Browser) throws -> Result
    ) async throws -> Result {
      let profile = try fixture.scratch.makeDirectory(name)
      return try await withCheckedThrowingContinuation { continuation in
        Thread.detachNewThread {
          continuation.resume(
            with: Swift.Result {
              let browser = try Browser(profile: profile)
              defer { browser.end() }
              return try body(browser)
            })
        }
      }
    }

    /// Types a prompt and looks at the tokens: as many spans as tokens, of the classes of those who answered.
    @Test(arguments: [1280, 390]) func aPromptGetsColouredTokens(width: Int) async throws {
      try await ServiceFixture.serve(try fixture.pair()) { _, address in
        try await withBrowser("browser-\(width)") { browser in
          try browser.open("http://\(address)/", width: width, height: 900)
          try browser.wait(for: "document.querySelectorAll('input[name=mode]').length === 3")
          _ = try browser.value("document.getElementById('tokens').value = '24'")
          _ = try browser.value("document.getElementById('prompt').focus(), 1")
          try browser.type("hello <b>there</b> & you")
          try browser.press("Enter", code: 13)
          try browser.wait(for: "document.querySelector('.answer[data-done], .error')")
          #expect(try browser.value("document.querySelectorAll('.error').length").int() == 0)
          let tokens = try browser.value("document.querySelectorAll('.token').length").int()
          #expect(tokens > 0 && tokens <= 24)
          let counted = try browser.value(
            "[...document.querySelectorAll('#counts .count')].reduce((a, e) => a + Number(e.textContent), 0)"
          ).int()
          #expect(counted == tokens)
          // A token that is seen has a colour, and says who answered it.
          let plain = try browser.value(
            "[...document.querySelectorAll('.token')].filter(e => getComputedStyle(e).backgroundColor === 'rgba(0, 0, 0, 0)' || !/confidence [01]\\./.test(e.title)).length"
          ).int()
          #expect(plain == 0)
          // What the person wrote is text.
          #expect(
            try browser.value("document.querySelector('.user').textContent").string()
              == "hello <b>there</b> & you")
          #expect(try browser.value("document.querySelectorAll('.turn b').length").int() == 0)
          let overflow = try browser.value(
            "document.documentElement.scrollWidth - document.documentElement.clientWidth"
          ).int()
          #expect(overflow == 0, "the body scrolls sideways")
          #expect(browser.complaints == [])
          if let folder = ProcessInfo.processInfo.environment["CLEAVE_SCREENSHOTS"] {
            try Data(try browser.screenshot()).write(
              to: URL(fileURLWithPath: "\(folder)/page-\(width).png"))
          }
        }
      }
    }

    /// The switch and the slider: the same prompt by the cloud alone, and by exits alone.
    @Test func modeAndThresholdChooseWhoAnswers() async throws {
      try await ServiceFixture.serve(try fixture.pair()) { _, address in
        try await withBrowser("browser-modes") { browser in
          try browser.open("http://\(address)/", width: 1280, height: 900)
          try browser.wait(for: "document.querySelectorAll('input[name=mode]').length === 3")
          func ask(_ setting: String) throws -> [String] {
            _ = try browser.value(
              "document.getElementById('clear').click(), document.getElementById('tokens').value = '8', \(setting), 1"
            )
            _ = try browser.value("document.getElementById('prompt').focus(), 1")
            try browser.type("hello")
            try browser.press("Enter", code: 13)
            try browser.wait(for: "document.querySelector('.answer[data-done], .error')")
            return try browser.value(
              "[...new Set([...document.querySelectorAll('.token')].map(e => e.dataset.source))]"
            ).elements().map { try $0.string() }
          }
          func mode(_ name: String) -> String {
            "document.querySelector('input[value=\(name)]').click()"
          }
          let slide =
            "(e => { e.value = '1.01'; e.dispatchEvent(new Event('input')); })(document.getElementById('threshold'))"
          let sources = [
            try ask("\(mode("collaborative")), \(slide)"), try ask(mode("standalone")),
            try ask(mode("lossless")),
          ]
          #expect(sources == [["cloud"], ["exit_4"], ["cloud"]])
          #expect(browser.complaints == [])
        }
      }
    }

    @Test func thePageLoadsNothingFromElsewhere() async throws {
      try await ServiceFixture.serve(try fixture.whole()) { _, address in
        for path in ["/", "/page.css", "/page.js"] {
          let file = try await HTTPExchange.get(path, address)
          #expect(file.status == 200)
          let policy = try #require(file.headers["content-security-policy"])
          #expect(policy.hasPrefix("default-src 'none'; script-src 'self'"))
          #expect(!policy.contains("unsafe"))
          #expect(file.headers["x-content-type-options"] == "nosniff")
          #expect(!file.body.contains("://") && !file.body.contains("innerHTML"))
        }
      }
    }
  }
#endif
