import CleaveStorage
import Foundation
import TestSupport
import Testing

/// Measures a page from within, by a script in a copy of it. The original has no scripts and a
/// policy that forbids them.
struct PageProbe {
  /// The number of drawn elements of each CSS class that have a size.
  let drawn: [String: Int]
  let scrollWidth: Int
  let innerWidth: Int
  /// Pairs of labels of one plot that overlap.
  let overlaps: [String]

  private static let script = """
    <script>addEventListener('load', () => {
      const drawn = {}, overlaps = [];
      for (const e of document.querySelectorAll('svg [class*=mark-], .token, .banner')) {
        const r = e.getBoundingClientRect(), s = getComputedStyle(e);
        const inked = r.width > 0 || r.height > 0;
        if (!inked || s.visibility == 'hidden') continue;
        for (const c of e.classList) drawn[c] = (drawn[c] || 0) + 1;
      }
      for (const svg of document.querySelectorAll('svg')) {
        const texts = [...svg.querySelectorAll('text')].map(t => [t.textContent, t.getBoundingClientRect()]);
        texts.forEach(([a, p], i) => texts.slice(i + 1).forEach(([b, q]) => {
          if (p.width && q.width && p.left < q.right - 1 && q.left < p.right - 1 && p.top < q.bottom - 1 && q.top < p.bottom - 1)
            overlaps.push(a + ' / ' + b); }));
      }
      const pre = document.createElement('pre'); pre.id = 'probe';
      pre.textContent = 'PROBE' + JSON.stringify({drawn, overlaps, scroll: document.documentElement.scrollWidth,
        inner: document.documentElement.clientWidth}) + 'END';
      parent.document.body.replaceChildren(pre);
    });</script>
    """

  /// - Parameter width: the width in CSS pixels. It may be narrower than a window can be, so that
  ///   the page is shown in a frame.
  init(html: String, width: Int, in scratch: Scratch) throws {
    let open = html.replacing(/<meta http-equiv="Content-Security-Policy"[^>]*>/, with: "")
    #expect(open != html, "the policy was there")
    let probed = open.replacing("</head>", with: "\(Self.script)</head>", maxReplacements: 1)
    // A window is at least 500 pixels wide, so that the page is shown in a frame of its own origin.
    let escaped = probed.replacing("&", with: "&amp;").replacing("\"", with: "&quot;")
    try scratch.write(
      """
      <!doctype html><meta charset="utf-8"><body><iframe srcdoc="\(escaped)" \
      style="width:\(width)px;height:900px;border:0"></iframe></body>
      """, to: "frame-\(width).html")
    let page = try Chromium(
      page: scratch("frame-\(width).html"), width: 1400,
      profile: try scratch.makeDirectory("profile-\(width)"))
    let text = try #require(page.dom.firstMatch(of: /<pre id="probe">PROBE(\{.*\})END/)).1
    let plain = String(text).replacing("&amp;", with: "&").replacing("&lt;", with: "<")
      .replacing("&gt;", with: ">")
    let json = try JSONNode(parsing: Array(plain.utf8), file: "probe")
    drawn = Dictionary(
      uniqueKeysWithValues: try json.required("drawn").members().map {
        ($0.name, try $0.node.int())
      })
    overlaps = try json.required("overlaps").elements().map { try $0.string() }
    scrollWidth = try json.required("scroll").int()
    innerWidth = try json.required("inner").int()
  }
}
