import CleaveStorage
import Foundation
import TestSupport

/// A headless Chromium that is told what to do over its debugging pipe: messages of JSON, each ended by a zero byte.
final class Browser {
  /// The path of the browser; nil if none is installed.
  static let path: String? = ["chromium", "chromium-browser", "google-chrome"].flatMap { name in
    (ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin").split(separator: ":")
      .map { "\($0)/\(name)" }
  }.first { FileManager.default.isExecutableFile(atPath: $0) }

  struct Failed: Error, CustomStringConvertible { let description: String }

  private let process = Process()
  private let input: FileHandle
  private let output: FileHandle
  private var buffer: [UInt8] = []
  private var next = 0
  private var session: String?
  /// What the page wrote to its console, and what its policy refused.
  private(set) var complaints: [String] = []

  /// - Parameter profile: an empty directory.
  init(profile: String) throws {
    let pipes = ["\(profile)/to", "\(profile)/from"]
    for pipe in pipes { mkfifo(pipe, 0o600) }
    process.executableURL = URL(fileURLWithPath: "/bin/bash")
    process.arguments = [
      "-c", #"exec timeout --kill-after=5 120 "$0" "$@" 3<"\#(pipes[0])" 4>"\#(pipes[1])""#,
      Self.path ?? "", "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
      "--no-first-run", "--hide-scrollbars", "--user-data-dir=\(profile)/data",
      "--remote-debugging-pipe",
    ]
    process.standardError = FileHandle.nullDevice
    process.standardOutput = FileHandle.nullDevice
    try process.run()
    input = try FileHandle(forWritingTo: URL(fileURLWithPath: pipes[0]))
    output = try FileHandle(forReadingFrom: URL(fileURLWithPath: pipes[1]))
  }

  /// Ends the browser, which may have left off listening.
  func end() {
    session = nil
    _ = try? call("Browser.close", [:])
    try? input.close()
    for _ in 0..<100 where process.isRunning { usleep(50_000) }
    if process.isRunning { kill(process.processIdentifier, SIGKILL) }
    process.waitUntilExit()
  }

  /// Opens a page in a window of this size.
  func open(_ url: String, width: Int, height: Int) throws {
    let target = try call("Target.createTarget", ["url": "about:blank"]).required("targetId")
      .string()
    session = try call(
      "Target.attachToTarget", ["targetId": .string(target), "flatten": true]
    ).required("sessionId").string()
    for domain in ["Page", "Runtime", "Log"] { _ = try call("\(domain).enable", [:]) }
    _ = try call(
      "Emulation.setDeviceMetricsOverride",
      [
        "width": .integer(Int64(width)), "height": .integer(Int64(height)),
        "deviceScaleFactor": 1, "mobile": .bool(width < 600),
      ])
    _ = try call("Page.navigate", ["url": .string(url)])
  }

  /// The value of an expression in the page.
  func value(_ expression: String) throws -> JSONNode {
    let result = try call(
      "Runtime.evaluate", ["expression": .string(expression), "returnByValue": true])
    return try result.required("result").required("value")
  }

  /// Waits until an expression is true.
  func wait(for expression: String) throws {
    for _ in 0..<900 {
      if try value("Boolean(\(expression))").bool() { return }
      usleep(50_000)
    }
    throw Failed(description: "never true: \(expression); \(complaints)")
  }

  /// Types into the element that has the focus.
  func type(_ text: String) throws {
    _ = try call("Input.insertText", ["text": .string(text)])
  }

  func press(_ key: String, code: Int64) throws {
    for kind in ["keyDown", "keyUp"] {
      _ = try call(
        "Input.dispatchKeyEvent",
        [
          "type": .string(kind), "key": .string(key), "windowsVirtualKeyCode": .integer(code),
          "text": kind == "keyDown" ? "\r" : "",
        ])
    }
  }

  /// A picture of the whole page, in PNG.
  func screenshot() throws -> [UInt8] {
    let data = try call(
      "Page.captureScreenshot", ["format": "png", "captureBeyondViewport": true]
    ).required("data").string()
    return Array(Data(base64Encoded: data) ?? Data())
  }

  private func call(_ method: String, _ parameters: JSON) throws -> JSONNode {
    next += 1
    var message: JSONObject = JSONObject([
      ("id", .integer(Int64(next))), ("method", .string(method)), ("params", parameters),
    ])
    if let session, !method.hasPrefix("Target.") { message["sessionId"] = .string(session) }
    try input.write(contentsOf: Data(JSON.object(message).text(pretty: false).utf8 + [0]))
    while true {
      let reply = try receive()
      if try reply.optional("id")?.int() == next {
        if let error = try reply.optional("error") {
          throw Failed(description: "\(method): \(error.value.text(pretty: false))")
        }
        return try reply.required("result")
      }
      try note(reply)
    }
  }

  private func note(_ event: JSONNode) throws {
    let method = try event.optional("method")?.string() ?? ""
    guard
      ["Runtime.exceptionThrown", "Runtime.consoleAPICalled", "Log.entryAdded"].contains(method)
    else { return }
    complaints.append(event.value.text(pretty: false))
  }

  private func receive() throws -> JSONNode {
    while true {
      if let end = buffer.firstIndex(of: 0) {
        defer { buffer.removeFirst(end + 1) }
        return try JSONNode(parsing: Array(buffer[..<end]), file: "browser")
      }
      let data = output.availableData
      guard !data.isEmpty else { throw Failed(description: "the browser has ended") }
      buffer += data
    }
  }
}
