import CleaveModel

/// An HTML document without scripts, whose content security policy lets nothing be loaded.
struct Page {
  let title: String
  let sections: [Markup]

  private static let policy =
    "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"

  var markup: Markup {
    """
    \(Markup(stringLiteral: Report.marker)), version 1 -->
    <html lang="en">
    <head>
    <meta charset="utf-8">
    <meta http-equiv="Content-Security-Policy" content="\(Markup(stringLiteral: Self.policy))">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta name="color-scheme" content="light dark">
    <meta name="generator" content="cleave \(CleaveVersion.text)">
    <title>\(title)</title>
    <style>
    \(Markup(stringLiteral: Style.sheet))
    </style>
    </head>
    <body>
    <main>
    \(sections.joined())
    </main>
    </body>
    </html>

    """
  }
}
