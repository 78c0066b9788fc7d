extension TryPage {
  /// The script: it asks for the model, sends the conversation, and shows each token as it comes.
  static let script = #"""
    'use strict';
    const $ = id => document.getElementById(id);
    const state = { card: null, messages: [], counts: new Map(), abort: null, start: 0, tokens: 0 };

    const make = (name, className, text) => {
      const element = document.createElement(name);
      if (className) element.className = className;
      if (text !== undefined) element.textContent = text;
      return element;
    };

    function headers() {
      const all = { 'Content-Type': 'application/json' };
      if ($('key').value) all.Authorization = 'Bearer ' + $('key').value;
      return all;
    }

    function sourceName(source) {
      const [kind, depth] = source.split('_');
      if (kind === 'cloud') return 'cloud';
      if (kind === 'model') return 'whole model';
      if (kind === 'middle') return 'middle tier, block ' + depth;
      return 'exit ' + (state.card.exits.indexOf(Number(depth)) + 1) + ', block ' + depth;
    }

    function sourceClass(source) {
      const [kind, depth] = source.split('_');
      if (kind === 'cloud' || kind === 'middle') return 'cloud';
      if (kind === 'model') return 'whole';
      return 'exit-' + Math.max(0, state.card.exits.indexOf(Number(depth))) % 4;
    }

    async function load() {
      const response = await fetch('v1/models', { headers: headers() });
      if (response.status === 401) {
        for (const element of document.querySelectorAll('.keyed')) element.hidden = false;
        $('facts').textContent = 'This server asks for an API key.';
        return;
      }
      const model = (await response.json()).data[0];
      state.card = model.cleave;
      state.model = model.id;
      $('name').textContent = model.id;
      document.title = model.id + ' · cleave';
      const exits = state.card.exits;
      $('facts').textContent = (exits.length ? 'An edge with exits after ' + exits.join(', ') + ' blocks' : 'A model that runs whole')
        + '; contexts of ' + state.card.context_length + ' tokens' + (state.card.chat ? '.' : '; no chat template: it continues your text.');
      $('shipped').textContent = state.card.thresholds.map(t => t > 1 ? 'off' : t.toFixed(2)).join(', ');
      $('confidence').hidden = !exits.length;
      $('modes').replaceChildren(make('legend', '', 'Who answers'), ...state.card.modes.map(mode));
      resetCounts();
    }

    const modeTexts = {
      standalone: 'standalone: the exits alone',
      collaborative: 'collaborative: exits where they are sure, else the cloud',
      lossless: 'lossless: the whole model\'s text, exits draft',
      whole: 'whole: no exits',
    };

    function mode(name) {
      const label = make('label');
      const input = make('input');
      input.type = 'radio';
      input.name = 'mode';
      input.value = name;
      input.checked = name === state.card.mode;
      label.append(input, ' ' + (modeTexts[name] || name));
      return label;
    }

    function resetCounts() {
      state.counts = new Map();
      if (state.card.modes.includes('whole')) state.counts.set('model', 0);
      for (const depth of state.card.exits) state.counts.set('exit_' + depth, 0);
      if (state.card.modes.includes('lossless')) state.counts.set('cloud', 0);
      showCounts();
    }

    function showCounts() {
      const total = [...state.counts.values()].reduce((a, b) => a + b, 0);
      $('counts').tBodies[0].replaceChildren(...[...state.counts].map(([source, count]) => {
        const row = make('tr');
        row.dataset.source = source;
        const name = make('td');
        name.append(make('span', 'chip ' + sourceClass(source)), sourceName(source));
        row.append(name, make('td', 'count', String(count)), make('td', '', total ? Math.round(100 * count / total) + ' %' : '–'));
        return row;
      }));
    }

    function showToken(turn, text, cleave) {
      const span = make('span', 'token ' + sourceClass(cleave.source) + (cleave.fallback ? ' fallback' : ''), text);
      const detail = sourceName(cleave.source) + ', confidence ' + cleave.confidence.toFixed(3)
        + (cleave.fallback ? ', because the cloud was late' : '');
      span.title = detail;
      span.dataset.source = cleave.source;
      span.addEventListener('pointerenter', () => { $('detail').textContent = JSON.stringify(text) + ': ' + detail; });
      turn.append(span);
      state.counts.set(cleave.source, (state.counts.get(cleave.source) || 0) + 1);
      state.tokens += 1;
      const seconds = (performance.now() - state.start) / 1000;
      $('speed').textContent = state.tokens + ' tokens in ' + seconds.toFixed(1) + ' s';
      showCounts();
    }

    function body(text) {
      const all = {
        model: state.model, stream: true, max_tokens: Number($('tokens').value) || 128,
        temperature: Number($('temperature').value) || 0, cleave: {},
      };
      const chosen = document.querySelector('input[name=mode]:checked');
      if (chosen) all.cleave.mode = chosen.value;
      if (state.card.exits.length && !$('own').checked) all.cleave.threshold = Number($('threshold').value);
      if (state.card.chat) all.messages = state.messages; else all.prompt = text;
      return JSON.stringify(all);
    }

    async function* events(response) {
      const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
      let buffer = '';
      for (;;) {
        const { value, done } = await reader.read();
        if (done) return;
        buffer += value;
        let end;
        while ((end = buffer.indexOf('\n\n')) >= 0) {
          const line = buffer.slice(0, end);
          buffer = buffer.slice(end + 2);
          if (line.startsWith('data: ')) yield line.slice(6);
        }
      }
    }

    async function answer(text) {
      state.abort = new AbortController();
      state.start = performance.now();
      state.tokens = 0;
      const turn = make('div', 'turn answer');
      $('turns').append(turn);
      let said = '';
      const response = await fetch(state.card.chat ? 'v1/chat/completions' : 'v1/completions', {
        method: 'POST', headers: headers(), body: body(text), signal: state.abort.signal,
      });
      if (!response.ok) throw new Error((await response.json()).error.message);
      for await (const event of events(response)) {
        if (event === '[DONE]') break;
        const piece = JSON.parse(event);
        if (piece.error) throw new Error(piece.error.message);
        const choice = piece.choices[0];
        if (!choice) continue;
        const part = (choice.delta ? choice.delta.content : choice.text) || '';
        said += part;
        if (choice.cleave) showToken(turn, part, choice.cleave); else if (part) turn.append(part);
      }
      turn.dataset.done = 'yes';
      return said;
    }

    async function send(event) {
      event.preventDefault();
      const text = $('prompt').value;
      if (!text || state.abort) return;
      if (!state.card) await load();
      if (!state.card) return;
      $('turns').append(make('div', 'turn user', text));
      $('prompt').value = '';
      $('send').disabled = true;
      $('stop').hidden = false;
      state.messages.push({ role: 'user', content: text });
      try {
        state.messages.push({ role: 'assistant', content: await answer(text) });
      } catch (error) {
        state.messages.pop();
        $('turns').append(make('div', 'turn error', error.name === 'AbortError' ? 'Stopped.' : String(error.message)));
      }
      state.abort = null;
      $('send').disabled = false;
      $('stop').hidden = true;
    }

    $('form').addEventListener('submit', send);
    $('prompt').addEventListener('keydown', event => {
      if (event.key === 'Enter' && !event.shiftKey && !event.isComposing) $('form').requestSubmit(), event.preventDefault();
    });
    $('stop').addEventListener('click', () => state.abort && state.abort.abort());
    $('clear').addEventListener('click', () => {
      if (state.abort) state.abort.abort();
      state.messages = [];
      $('turns').replaceChildren();
      $('speed').textContent = '';
      if (state.card) resetCounts();
    });
    $('threshold').addEventListener('input', () => {
      $('own').checked = false;
      const value = Number($('threshold').value);
      $('value').textContent = value > 1 ? 'off' : value.toFixed(2);
    });
    $('key').addEventListener('change', () => load().catch(() => {}));
    load().catch(() => { $('facts').textContent = 'The server does not answer.'; });

    """#
}
