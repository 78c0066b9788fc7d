import CleaveModel
import CleaveStorage

/// A bundle's model card in Markdown, with the front matter that model hubs read.
struct ModelCard {
  private let manifest: Manifest
  private let account: BuildAccount

  init(_ manifest: Manifest, _ account: BuildAccount) {
    self.manifest = manifest
    self.account = account
  }

  var text: String {
    let words = BundleWords(manifest)
    return [
      frontMatter, "# \(Self.plain(account.name)), \(manifest.role.rawValue) bundle",
      "\(words.summary). Made by \(account.tool) \(account.version); `cleave inspect` shows every detail.",
      Self.table(["", ""], facts), promise, quality, data,
      "## Limits\n\n" + words.limits.map { "- \($0)" }.joined(separator: "\n"),
      "## Use\n\n" + use,
    ].compactMap(\.self).joined(separator: "\n\n") + "\n"
  }

  private var frontMatter: String {
    var lines = ["---"]
    if let license = manifest.sourceLicense {
      lines.append("license: \(Self.quoted(license.identifier))")
      if let name = license.name { lines.append("license_name: \(Self.quoted(name))") }
      if let link = license.link { lines.append("license_link: \(Self.quoted(link))") }
    }
    lines += [
      "library_name: cleave", "pipeline_tag: text-generation",
      "tags: [cleave, early-exit, \(manifest.role.rawValue)]", "---",
    ]
    return lines.joined(separator: "\n")
  }

  private var facts: [[String]] {
    let source = account.inputs.filter(\.isCheckpoint).map(\.name)
    return [
      [
        "licence of the source",
        manifest.sourceLicense.map { LicenseWords($0).text } ?? "not stated",
      ],
      [
        "source",
        source.prefix(3).joined(separator: ", ")
          + (source.count > 3 ? " and \(source.count - 3) more files" : ""),
      ],
      ["model id", manifest.modelID], ["bytes", "\(manifest.totalBytes)"],
      [
        "weights",
        Set(manifest.files.flatMap(\.tensors).map(\.type.rawValue)).sorted()
          .joined(separator: ", "),
      ],
    ]
  }

  /// What the calibration promises; nil in a bundle without one.
  private var promise: String? {
    guard let calibration = manifest.calibration else { return nil }
    let modes = [
      ("with the cloud", calibration.collaborative), ("edge alone", calibration.standalone),
    ]
    let rows = modes.map { name, mode in
      [
        name, mode.promise.map(Self.words) ?? "measured only", Self.percent(mode.risk),
        Self.percent(mode.cloudShare),
      ]
    }
    return
      "## Promise\n\nExpected \(Self.plain(calibration.loss)) on new prompts of the calibration's"
      + " source, found on \(calibration.calibration.prompts) prompts.\n\n"
      + Self.table(["", "promise", "measured", "asked of the cloud"], rows)
  }

  private static func words(_ promise: CalibrationPromise) -> String {
    guard promise.passed else { return "none was kept: the exits are switched off" }
    return "at most \(percent(promise.risk))"
      + (promise.delta.map { ", with probability \(percent(1 - $0))" } ?? "")
  }

  private var quality: String? {
    var parts: [String] = []
    if !account.exits.isEmpty {
      let rows = account.exits.map {
        [
          "\($0.depth)", $0.place, Self.percent($0.agreement),
          $0.coverage95.map(Self.percent) ?? "-", $0.coverage90.map(Self.percent) ?? "-",
        ]
      }
      parts.append(
        "Share of held-out tokens for which an exit says what the whole model says, and the shares that it"
          + " may answer for 95 and 90 % of these to agree.\n\n"
          + Self.table(["exit", "", "agrees", "at 95 %", "at 90 %"], rows))
    }
    if !account.checks.isEmpty {
      let rows = account.checks.map {
        [$0.name, $0.passed.map { $0 ? "pass" : "FAIL" } ?? "not run", $0.detail]
      }
      parts.append(Self.table(["check", "", ""], rows))
    }
    return parts.isEmpty ? nil : "## Quality\n\n" + parts.joined(separator: "\n\n")
  }

  private var data: String {
    "## Data\n\nEverything that the build read, by SHA-256.\n\n"
      + Self.table(
        ["recipe", "file", "SHA-256"],
        account.inputs.map { [$0.key, $0.name, "`\($0.digest.sha256)`"] })
  }

  private var use: String {
    switch manifest.role {
    case .edge: "```\ncleave run . --cloud HOST:PORT -p \"The capital of France is\"\n```"
    case .model: "```\ncleave run . -p \"The capital of France is\"\n```"
    case .middle: "```\ncleave serve . --cloud HOST:PORT --listen ADDRESS:PORT\n```"
    case .cloud: "```\ncleave serve . --listen ADDRESS:PORT\n```"
    }
  }
}

extension ModelCard {
  private static func percent(_ share: Double) -> String {
    "\((share * 1000).rounded() / 10) %"
  }

  /// A text without what Markdown and HTML would take for marks.
  static func plain(_ text: String) -> String {
    var result = ""
    for character in text.shown(limit: 1000) {
      switch character {
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "&": result += "&amp;"
      case "|", "*", "_", "[", "]", "#", "\\", "!": result += "\\\(character)"
      default: result.append(character)
      }
    }
    return result
  }

  /// A text as a scalar of YAML.
  static func quoted(_ text: String) -> String { JSON.string(text).text(pretty: false) }

  private static func table(_ head: [String], _ rows: [[String]]) -> String {
    let line = { (cells: [String]) in "| " + cells.map(cell).joined(separator: " | ") + " |" }
    return ([line(head), line(head.map { _ in "---" })] + rows.map(line)).joined(separator: "\n")
  }

  /// A digest between backticks stays as it is.
  private static func cell(_ text: String) -> String {
    text.hasPrefix("`") && text.dropFirst().dropLast().allSatisfy(\.isHexDigit)
      ? text : text == "---" ? text : plain(text)
  }
}
