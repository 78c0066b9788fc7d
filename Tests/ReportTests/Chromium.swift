import Foundation

/// A headless browser that checks pages.
struct Chromium {
  /// The path of the browser; nil if none is installed.
  static let path: String? = ["chromium", "chromium-browser", "google-chrome"].flatMap { name in
    (ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin").split(separator: ":")
      .map { "\($0)/\(name)" }
  }.first { FileManager.default.isExecutableFile(atPath: $0) }

  /// The document after loading.
  let dom: String
  /// The console output: script errors and violations of the content security policy.
  let console: [String]

  struct Failed: Error { let status: Int32 }

  /// - Parameters: - page: the path of a file. - profile: an empty directory.
  init(page: String, width: Int, profile: String) throws {
    guard let path = Self.path else { throw Failed(status: -1) }
    let process = Process()
    // A hang of the browser must not hang the tests.
    process.executableURL = URL(fileURLWithPath: "/usr/bin/timeout")
    process.arguments = [
      "--kill-after=5", "90", path, "--headless=new", "--no-sandbox", "--disable-gpu",
      "--disable-dev-shm-usage", "--no-first-run", "--hide-scrollbars",
      "--user-data-dir=\(profile)",
      "--virtual-time-budget=5000", "--enable-logging=stderr", "--v=0",
      "--window-size=\(width),900", "--dump-dom", "file://\(page)",
    ]
    let files = try [("dom.html", 0), ("console.txt", 1)].map { name, _ in
      let file = "\(profile)/\(name)"
      try Data().write(to: URL(fileURLWithPath: file))
      return (file, try FileHandle(forWritingTo: URL(fileURLWithPath: file)))
    }
    process.standardOutput = files[0].1
    process.standardError = files[1].1
    try process.run()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else { throw Failed(status: process.terminationStatus) }
    dom = try String(contentsOfFile: files[0].0, encoding: .utf8)
    console = try String(contentsOfFile: files[1].0, encoding: .utf8).split(separator: "\n")
      .map(String.init).filter { $0.contains("CONSOLE") || $0.contains("Content Security Policy") }
  }
}
