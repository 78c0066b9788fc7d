/// The style sheet of the page. The colours of answer sources are distinguishable for colour-blind
/// readers (after Okabe and Ito) and lighter on a dark background. Marks that differ in colour also
/// differ in shape, dashes or underlines.
enum Style {
  static let sheet = [colors, page, top, figures, marks, samples, tables].joined(separator: "\n")

  private static let colors = """
    :root { color-scheme: light dark;
      --ground: #fcfcfb; --panel: #fff; --ink: #1b1f24; --soft: #59636e; --line: #d9dde2; --grid: #e9ecef;
      --accent: #0a5c96; --bad: #b3261e; --bad-ground: #fdecea; --wrong: #d9730d; --right: #2a78b5;
      --cloud: #8a929b; --e0: #0072b2; --e1: #d98200; --e2: #00875f; --e3: #b8568f; --e4: #7a5cc4; --e5: #6b6200;
      --tint: 20%; }
    @media (prefers-color-scheme: dark) { :root {
      --ground: #14171a; --panel: #1b1f23; --ink: #e8eaed; --soft: #a2abb5; --line: #3a4148; --grid: #2a2f35;
      --accent: #6cb8ee; --bad: #ff9a90; --bad-ground: #3d1c1a; --wrong: #f0a04b; --right: #5aaae0;
      --cloud: #8b949e; --e0: #56b4e9; --e1: #e69f00; --e2: #2cc295; --e3: #e08fbd; --e4: #ab94f0; --e5: #d6cd4a;
      --tint: 32%; } }
    .exit-0 { --c: var(--e0) } .exit-1 { --c: var(--e1) } .exit-2 { --c: var(--e2) }
    .exit-3 { --c: var(--e3) } .exit-4 { --c: var(--e4) } .exit-5 { --c: var(--e5) } .cloud { --c: var(--cloud) }
    .signal-0 { --c: var(--e0); --dash: none } .signal-1 { --c: var(--e2); --dash: 7 4 }
    .signal-2 { --c: var(--e3); --dash: 2 3 }
    """

  private static let page = """
    * { box-sizing: border-box }
    body { margin: 0; background: var(--ground); color: var(--ink);
      font: 16px/1.55 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", sans-serif;
      -webkit-text-size-adjust: 100% }
    main { max-width: 880px; margin: 0 auto; padding: 40px 24px 72px }
    section { margin-top: 56px; padding-top: 24px; border-top: 1px solid var(--line) }
    h1, h2, h3, p, dl, dd, figure, ul, ol { margin: 0; padding: 0 }
    h2 { font-size: 22px; line-height: 1.25; letter-spacing: -.01em; margin-bottom: 16px }
    h3 { font-size: 15px; line-height: 1.35; margin-bottom: 10px }
    h3.sub, #details h3:not(:first-of-type) { margin-top: 32px }
    code { font: .86em/1.5 ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; overflow-wrap: anywhere }
    .n { font-variant-numeric: tabular-nums }
    .note { color: var(--soft); font-size: 14px; max-width: 68ch; overflow-wrap: anywhere }
    .grid + .note, .legend + .note { margin-top: 14px }
    details { margin-top: 16px; font-size: 14px }
    summary { cursor: pointer; color: var(--accent); padding: 6px 0 }
    :focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; border-radius: 2px }
    """

  private static let top = """
    .eyebrow { font-size: 12px; letter-spacing: .07em; text-transform: uppercase; color: var(--soft) }
    .artifact { font-size: 17px; font-weight: 600; margin-top: 2px; overflow-wrap: anywhere }
    h1 { font-size: clamp(21px, 3.4vw, 29px); line-height: 1.3; letter-spacing: -.012em; font-weight: 650;
      margin-top: 22px; padding-left: 16px; border-left: 4px solid var(--accent); overflow-wrap: anywhere;
      text-wrap: pretty }
    h1.void { border-color: var(--bad) }
    .standalone { margin-top: 16px; padding-left: 20px; max-width: 68ch; overflow-wrap: anywhere }
    .banner { margin-top: 20px; padding: 12px 16px; border: 1px solid var(--bad); border-radius: 6px;
      background: var(--bad-ground); color: var(--bad) }
    .tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(170px, 1fr)); gap: 1px; margin: 28px 0 16px;
      border: 1px solid var(--line); border-radius: 8px; overflow: hidden; background: var(--line) }
    .tiles div { background: var(--panel); padding: 14px 16px }
    .tiles dt { font-size: 13px; color: var(--soft) }
    .tiles dd { font-size: 24px; line-height: 1.3; font-weight: 600; letter-spacing: -.01em }
    .tiles .sub { font-size: 13px; line-height: 1.4; font-weight: 400; letter-spacing: 0; color: var(--soft) }
    """

  private static let figures = """
    .grid { display: grid; grid-template-columns: repeat(2, minmax(0, 1fr)); gap: 28px 40px; align-items: start }
    figcaption { color: var(--soft); font-size: 14px; margin-top: 10px; max-width: 72ch }
    figcaption strong { color: var(--ink) }
    .plot { display: block; width: 100%; height: auto; overflow: visible }
    .plot text { font: 12px/1 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; fill: var(--soft);
      font-variant-numeric: tabular-nums }
    .plot .label { fill: var(--ink) } .plot .value { fill: var(--ink); font-weight: 600 }
    .plot.narrow { display: none }
    .gridline { stroke: var(--grid) } .axis { stroke: var(--soft) } .track { fill: var(--grid) }
    .legend { list-style: none; display: flex; flex-wrap: wrap; gap: 6px 18px; margin: 12px 0 14px; font-size: 13px }
    .legend li { display: flex; align-items: center; gap: 7px; color: var(--soft); overflow-wrap: anywhere }
    .swatch { flex: none; width: 14px; height: 14px; position: relative; --k: var(--c) }
    figure.large + details + figure.large { margin-top: 40px }
    @media (max-width: 640px) { main { padding: 24px 16px 96px } .grid { grid-template-columns: minmax(0, 1fr) }
      .plot.wide { display: none } .plot.narrow { display: block } section { margin-top: 40px }
      .tiles { grid-template-columns: 1fr 1fr } .tiles div { padding: 12px } .tiles dd { font-size: 20px } }
    """

  private static let marks = """
    .mark-frontier { fill: none; stroke: var(--c); stroke-width: 1.5; stroke-dasharray: var(--dash); opacity: .75 }
    .mark-promise, .mark-diagonal { stroke: var(--ink); stroke-width: 1.25; stroke-dasharray: 5 4 }
    .mark-promise { stroke: var(--bad) } .mark-diagonal { stroke: var(--soft); fill: none }
    .plot .mark-promise-text { fill: var(--bad); font-weight: 600 }
    .plot .mark-promise-text, .plot .mark-chosen-text { paint-order: stroke; stroke: var(--ground); stroke-width: 4px;
      stroke-linejoin: round }
    .plot .mark-chosen-text { fill: var(--ink); font-weight: 600 }
    .mark-tuning, .key-tuning { fill: var(--soft); opacity: .45; background: radial-gradient(var(--soft) 35%, transparent 38%) }
    .mark-unreached { fill: none; stroke: var(--soft); stroke-width: 1.25; opacity: .7 }
    .key-unreached { border: 1.5px solid var(--soft); width: 10px; height: 10px }
    .mark-passed { fill: var(--accent); stroke: var(--ground); stroke-width: .75 }
    .key-passed { background: radial-gradient(var(--accent) 50%, transparent 53%) }
    .mark-failed { fill: none; stroke: var(--bad); stroke-width: 2.25; stroke-linecap: round }
    .key-failed { color: var(--bad) } .key-failed::before { content: "✕"; position: absolute; inset: 0; line-height: 14px;
      font-weight: 700; text-align: center }
    .mark-chosen { fill: none; stroke: var(--ink); stroke-width: 2 }
    .key-chosen { border: 2px solid var(--ink); border-radius: 50% }
    .key-line { height: 0; width: 22px; border-top: 2px solid var(--c) } .key-line.signal-1 { border-top-style: dashed }
    .key-line.signal-2 { border-top-style: dotted }
    .key-line.fed { border-top-style: dashed }
    .mark-curve { fill: none; stroke: var(--c); stroke-width: 2 } .mark-curve.fed { stroke-dasharray: 5 3 }
    .mark-bar { fill: var(--c) } .key-mode { background: radial-gradient(var(--c) 50%, transparent 53%) } .mark-right { fill: var(--right) } .mark-wrong { fill: var(--wrong) }
    .key-right { background: var(--right) } .key-wrong { background: var(--wrong) }
    .mark-threshold, .mark-threshold-standalone { stroke: var(--ink); stroke-width: 2 }
    .mark-threshold-standalone { stroke-dasharray: 4 3; stroke-width: 1.5 }
    .key-threshold, .key-threshold-standalone { width: 0; border-left: 2px solid var(--ink) }
    .key-threshold-standalone { border-left: 2px dashed var(--ink) }
    .mark-line { fill: none; stroke-width: 1.5 } .mark-line-before { stroke: var(--wrong); stroke-dasharray: 5 3 }
    .mark-line-after { stroke: var(--right) } .mark-after { fill: var(--right) }
    .mark-before { fill: var(--ground); stroke: var(--wrong); stroke-width: 1.75 }
    .key-before { border: 2px solid var(--wrong); width: 11px; height: 11px }
    .key-after { background: radial-gradient(var(--right) 55%, transparent 58%) }
    .key-diagonal { height: 0; width: 22px; border-top: 2px dashed var(--soft) }
    """

  private static let samples = """
    .sample { margin-top: 28px } .sample h3 { text-transform: capitalize }
    .prompt { color: var(--soft); white-space: pre-wrap; overflow-wrap: anywhere; padding-left: 14px; font-size: 15px;
      border-left: 2px solid var(--line); margin-bottom: 10px; max-height: 14em; overflow-y: auto }
    .answer { white-space: pre-wrap; overflow-wrap: anywhere; line-height: 1.9; background: var(--panel);
      border: 1px solid var(--line); border-radius: 8px; padding: 12px 16px; margin-bottom: 8px }
    .token { border-radius: 3px; padding: 2px 0; unicode-bidi: isolate; cursor: default;
      background: color-mix(in srgb, var(--c) var(--tint), transparent); box-shadow: inset 0 -2px 0 var(--c);
      -webkit-box-decoration-break: clone; box-decoration-break: clone }
    .token.cloud { background: none; box-shadow: none }
    .token.differs { text-decoration: underline wavy var(--bad) 1.5px; text-underline-offset: 4px }
    .token:hover, .token:focus { outline: 1.5px solid var(--ink); outline-offset: 0 }
    .token:focus::after { content: attr(title); position: fixed; left: 16px; right: 16px; bottom: 16px; z-index: 1;
      max-width: 480px; margin: 0 auto; padding: 12px 16px; border-radius: 8px; background: var(--ink); color: var(--ground);
      font-size: 14px; line-height: 1.4; text-decoration: none; text-align: center }
    .swatch.token { height: 16px; width: 20px; padding: 0 } .swatch.token.cloud { border: 1px solid var(--line) }
    .swatch.differs { height: 1em; text-decoration: none; border-bottom: 2px dotted var(--bad); border-radius: 0 }
    .sign { color: var(--soft); opacity: .8 }
    """

  private static let tables = """
    .scroll { overflow-x: auto; border: 1px solid var(--line); border-radius: 8px; background: var(--panel) }
    table { border-collapse: collapse; font-size: 14px; line-height: 1.45; width: 100%; font-variant-numeric: tabular-nums }
    th, td { text-align: left; padding: 8px 14px; vertical-align: top; white-space: nowrap; font-weight: 400 }
    thead th { color: var(--soft); font-size: 13px } tbody tr { border-top: 1px solid var(--line) }
    td code { display: inline-block; min-width: 20em; white-space: normal }
    dl:not(.tiles) { font-size: 14px } dl:not(.tiles) div { display: grid; gap: 2px 20px;
      grid-template-columns: minmax(110px, 190px) minmax(0, 1fr); padding: 8px 0; border-top: 1px solid var(--line) }
    dl:not(.tiles) div:first-child { border-top: 0; padding-top: 0 }
    dl:not(.tiles) dt { color: var(--soft) } dl:not(.tiles) dd { overflow-wrap: anywhere }
    .command { background: var(--panel); border: 1px solid var(--line); border-radius: 8px; padding: 12px 16px }
    .steps { padding-left: 22px; font-size: 14px } .steps li { overflow-wrap: anywhere; margin-top: 10px }
    .steps ul { padding-left: 18px; color: var(--soft) } .steps ul li { margin-top: 2px } .tool { color: var(--soft) }
    @media (max-width: 640px) { #details dl:not(.tiles) div { grid-template-columns: minmax(0, 1fr) } }
    """
}
