/// Elements from which sections are built.
extension Markup {
  static func section(_ id: String, _ title: String, _ content: Markup) -> Markup {
    """
    <section id="\(id)" aria-labelledby="\(id)-title">
    <h2 id="\(id)-title">\(title)</h2>
    \(content)
    </section>
    """
  }

  static func note(_ content: Markup) -> Markup { "<p class=\"note\">\(content)</p>" }

  /// A rounded number, with the full value as its title.
  static func number(_ shown: String, full: Double) -> Markup {
    "<span class=\"n\" title=\"\("\(full)")\">\(shown)</span>"
  }

  static func percent(_ share: Double) -> Markup { number(share.percent, full: share) }

  /// Figures beside one another, as many as fit.
  static func grid(_ figures: [Markup]) -> Markup {
    "<div class=\"grid\">\n\(figures.joined())\n</div>"
  }

  static func figure(_ title: String, _ drawing: Markup, caption: Markup = .empty) -> Markup {
    """
    <figure>
    <h3>\(title)</h3>
    \(drawing)
    \(caption == .empty ? .empty : "<figcaption>\(caption)</figcaption>")
    </figure>
    """
  }

  /// A table that scrolls by itself.
  ///
  /// - Parameters: - label: a description for screen readers. - rows: the rows; the first cell of
  ///   each is its header.
  static func table(_ label: String, header: [String], rows: [[Markup]]) -> Markup {
    let head = header.map { "<th scope=\"col\">\($0)</th>" as Markup }.joined("")
    let body = rows.map { row in
      let cells = row.enumerated().map { column, cell -> Markup in
        column == 0 ? "<th scope=\"row\">\(cell)</th>" : "<td>\(cell)</td>"
      }
      return "<tr>\(cells.joined(""))</tr>" as Markup
    }
    return """
      <div class="scroll" role="region" aria-label="\(label)" tabindex="0"><table>
      <thead><tr>\(head)</tr></thead>
      <tbody>
      \(body.joined())
      </tbody></table></div>
      """
  }

  /// A list of names and values; on a narrow screen each value is below its name.
  static func list(_ rows: [(name: String, value: Markup)]) -> Markup {
    let items = rows.map { "<div><dt>\($0.name)</dt><dd>\($0.value)</dd></div>" as Markup }
    return "<dl>\n\(items.joined())\n</dl>"
  }

  static func details(_ summary: String, _ content: Markup) -> Markup {
    "<details><summary>\(summary)</summary>\n\(content)\n</details>"
  }

  static func hash(_ digest: String) -> Markup { "<code>\(digest)</code>" }

  /// A legend of CSS classes with their meanings.
  static func legend(_ entries: [(kind: String, text: String)]) -> Markup {
    let items = entries.map { entry -> Markup in
      "<li><span class=\"swatch \(entry.kind)\"></span>\(entry.text)</li>"
    }
    return "<ul class=\"legend\">\(items.joined(""))</ul>"
  }
}
