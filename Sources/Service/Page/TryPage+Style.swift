extension TryPage {
  /// The style: sources are told apart by colour and by the line under their tokens, in light and in dark.
  static let style = #"""
    :root {
      color-scheme: light dark;
      --paper: #fcfcfa; --ink: #1d1f21; --quiet: #5b6066; --line: #d5d8dc; --field: #ffffff;
      --accent: #1f5fa8; --exit-0: #cfe8d3; --exit-1: #f7e3b0; --exit-2: #e4d4f4; --exit-3: #cfe3f5;
      --cloud: #f6c9c4; --whole: #dfe2e6;
    }
    @media (prefers-color-scheme: dark) {
      :root {
        --paper: #16181a; --ink: #e8eaed; --quiet: #a3a9b0; --line: #3a3f45; --field: #1f2225;
        --accent: #7db4f0; --exit-0: #21492b; --exit-1: #5b4712; --exit-2: #45305f; --exit-3: #1f4263;
        --cloud: #6b2c26; --whole: #3b4046;
      }
    }
    * { box-sizing: border-box; }
    body {
      margin: 0 auto; max-width: 68rem; padding: 1rem; background: var(--paper); color: var(--ink);
      font: 1rem/1.5 system-ui, sans-serif;
    }
    h1 { font-size: 1.35rem; margin: 0; overflow-wrap: anywhere; }
    #facts, #detail, #speed { color: var(--quiet); margin: .25rem 0 1rem; }
    main { display: grid; grid-template-columns: minmax(0, 1fr) 18rem; gap: 1.5rem; align-items: start; }
    @media (max-width: 44rem) { main { grid-template-columns: minmax(0, 1fr); } }
    .turn { margin: 0 0 1rem; white-space: pre-wrap; overflow-wrap: anywhere; }
    .user { border-left: 3px solid var(--line); padding-left: .75rem; color: var(--quiet); }
    .error { border-left: 3px solid var(--cloud); padding-left: .75rem; }
    .token { border-radius: 2px; padding: .1em 0; }
    .token:hover { outline: 1px solid var(--ink); }
    .exit-0 { background: var(--exit-0); }
    .exit-1 { background: var(--exit-1); }
    .exit-2 { background: var(--exit-2); }
    .exit-3 { background: var(--exit-3); }
    .cloud { background: var(--cloud); }
    .whole { background: var(--whole); }
    .fallback { text-decoration: underline dotted; }
    .chip { display: inline-block; width: .9em; height: .9em; border-radius: 2px; margin-right: .5em;
      vertical-align: -.1em; border: 1px solid var(--line); }
    #key { -webkit-text-security: disc; }
    textarea, input[type=number], input[type=text] {
      width: 100%; font: inherit; color: inherit; background: var(--field); border: 1px solid var(--line);
      border-radius: 4px; padding: .4rem .5rem;
    }
    textarea { resize: vertical; }
    input[type=range] { width: 100%; }
    fieldset { border: 1px solid var(--line); border-radius: 4px; margin: 0 0 1rem; padding: .5rem .75rem; min-width: 0; }
    legend { font-weight: 600; padding: 0 .25rem; }
    label { display: block; margin: .25rem 0; }
    .buttons { display: flex; flex-wrap: wrap; gap: .5rem; margin: .5rem 0 1rem; }
    button { font: inherit; padding: .4rem .9rem; border-radius: 4px; border: 1px solid var(--line);
      background: var(--field); color: inherit; cursor: pointer; }
    #send { background: var(--accent); color: var(--paper); border-color: var(--accent); }
    :focus-visible { outline: 2px solid var(--accent); outline-offset: 1px; }
    [hidden] { display: none !important; }
    table { width: 100%; border-collapse: collapse; }
    caption { text-align: left; font-weight: 600; padding-bottom: .25rem; }
    th, td { text-align: right; padding: .2rem 0; border-bottom: 1px solid var(--line); font-variant-numeric: tabular-nums; }
    th:first-child, td:first-child { text-align: left; }
    thead th { font-weight: 400; color: var(--quiet); }

    """#
}
