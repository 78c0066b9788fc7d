/// The page at `/` on which a person can try the model. It loads nothing from anywhere else, and its script puts text
/// into the document as text only.
enum TryPage {
  /// What a browser may load and do: this server's own script and style, and requests to this server.
  static let policy = """
    default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:; \
    base-uri 'none'; form-action 'none'; frame-ancestors 'none'
    """

  static let html = #"""
    <!doctype html>
    <html lang="en">
    <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>cleave</title>
    <link rel="icon" href="data:,">
    <link rel="stylesheet" href="page.css">
    <script src="page.js" defer></script>
    </head>
    <body>
    <header>
    <h1 id="name">cleave</h1>
    <p id="facts">Asking the server what it has…</p>
    </header>
    <main>
    <section id="talk" aria-label="Conversation">
    <div id="turns" aria-live="polite"></div>
    <p id="detail" role="status">Point at a token to see who answered it.</p>
    <form id="form">
    <label for="prompt">Your message</label>
    <textarea id="prompt" rows="3" required></textarea>
    <div class="buttons">
    <button id="send" type="submit">Send</button>
    <button id="stop" type="button" hidden>Stop</button>
    <button id="clear" type="button">New conversation</button>
    </div>
    </form>
    </section>
    <aside aria-label="Settings and counts">
    <fieldset id="modes"><legend>Who answers</legend></fieldset>
    <fieldset id="confidence">
    <legend>Threshold of the exits</legend>
    <label><input id="own" type="checkbox" checked> the bundle's own: <span id="shipped"></span></label>
    <label for="threshold">one for all: <output id="value">0.90</output></label>
    <input id="threshold" type="range" min="0" max="1.01" step="0.01" value="0.9">
    </fieldset>
    <fieldset>
    <legend>Answer</legend>
    <label for="tokens">most tokens</label>
    <input id="tokens" type="number" min="1" max="4096" value="128">
    <label for="temperature">temperature</label>
    <input id="temperature" type="number" min="0" max="2" step="0.1" value="0">
    <label for="key" class="keyed" hidden>API key</label>
    <input id="key" class="keyed" type="text" autocomplete="off" spellcheck="false" hidden>
    </fieldset>
    <table id="counts">
    <caption>Tokens by who answered them</caption>
    <thead><tr><th scope="col">source</th><th scope="col">tokens</th><th scope="col">share</th></tr></thead>
    <tbody></tbody>
    </table>
    <p id="speed"></p>
    </aside>
    </main>
    </body>
    </html>

    """#
}
