/** The report's own program: plain JavaScript of the browser, no library. Texts of the data only ever become text nodes. */
export const SIMULATION_SCRIPT: string = String.raw`
(() => {
  const report = JSON.parse(document.getElementById('data').textContent);
  const page = document.getElementById('page');
  const SVG = 'http://www.w3.org/2000/svg';
  const WIDTH = 1050, LEFT = 60, RIGHT = 12;
  const el = (name, attributes = {}, ...children) => {
    const node = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
    node.append(...children);
    return node;
  };
  const draw = (name, attributes, text) => {
    const node = document.createElementNS(SVG, name);
    for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
    if (text !== undefined) node.textContent = text;
    return node;
  };
  const number = (value) => (value === null || value === undefined ? 'unknown' : String(Number(value.toPrecision(6))));
  const time = (seconds) => {
    const s = Math.round(seconds), parts = [Math.floor(s / 3600), Math.floor(s / 60) % 60, s % 60];
    return ['h', 'm', 's'].map((unit, at) => (parts[at] ? parts[at] + unit : '')).join('') || '0s';
  };

  /** Steps of one series; a gap where the value is unknown. */
  const stepPath = (timeline, read, x, y) => {
    let path = '', known = false;
    for (const entry of timeline) {
      const value = read(entry);
      if (value === null || value === undefined) { known = false; continue; }
      path += known ? 'H' + x(entry.time) + 'V' + y(value) : 'M' + x(entry.time) + ',' + y(value);
      known = true;
    }
    return path;
  };

  const chart = (run, series, height) => {
    const { timeline, summary } = run;
    const values = series.flatMap(({ read }) => timeline.map(read)).filter((value) => value !== null && value !== undefined);
    const top = values.reduce((most, value) => Math.max(most, value), 0) || 1;
    const x = (seconds) => (LEFT + ((WIDTH - LEFT - RIGHT) * seconds) / summary.seconds).toFixed(1);
    const y = (value) => (height - 18 - ((height - 30) * value) / top).toFixed(1);
    const svg = draw('svg', { viewBox: '0 0 ' + WIDTH + ' ' + height, role: 'img' });
    for (const share of [0, 0.5, 1]) {
      svg.append(draw('line', { x1: LEFT, x2: WIDTH - RIGHT, y1: y(top * share), y2: y(top * share), stroke: 'var(--line)' }));
      svg.append(draw('text', { x: LEFT - 6, y: Number(y(top * share)) + 4, 'text-anchor': 'end' }, number(top * share)));
      const anchor = share === 0 ? 'start' : share === 1 ? 'end' : 'middle';
      svg.append(draw('text', { x: x(summary.seconds * share), y: height - 3, 'text-anchor': anchor }, time(summary.seconds * share)));
    }
    for (const { read, color, dash } of series) {
      svg.append(draw('path', { d: stepPath(timeline, read, x, y), fill: 'none', stroke: color, 'stroke-width': 1.6, 'stroke-dasharray': dash || 'none' }));
    }
    for (const entry of timeline) {
      if (entry.current === entry.desired) continue;
      const mark = draw('circle', { cx: x(entry.time), cy: height - 18, r: 4, fill: 'var(--desired)', style: 'cursor:pointer' });
      mark.append(draw('title', {}, time(entry.time) + ': ' + entry.current + ' → ' + entry.desired));
      mark.addEventListener('click', () => run.show(entry));
      svg.append(mark);
    }
    const legend = el('div', { class: 'legend' }, ...series.map(({ label, color }) => el('span', {}, el('b', { style: 'background:' + color }), label)));
    return el('div', {}, legend, svg);
  };

  const table = (header, rows) => el('table', {}, el('thead', {}, el('tr', {}, ...header.map((text) => el('th', {}, text)))), el('tbody', {}, ...rows));
  const row = (cells) => el('tr', {}, ...cells.map((cell) => el('td', {}, cell)));

  const numbers = ({ summary }) => {
    const rows = [];
    if (summary.wait) rows.push(['wait', 'p50 ' + number(summary.wait.p50) + ' s, p95 ' + number(summary.wait.p95) + ' s, p99 ' + number(summary.wait.p99) + ' s, max ' + number(summary.wait.max) + ' s']);
    if (summary.ledger) rows.push(['items', Object.entries(summary.ledger).map(([name, count]) => count + ' ' + name).join(', ')]);
    rows.push(['replicas', summary.desired.min + ' to ' + summary.desired.max + ', at the end ' + summary.desired.last]);
    rows.push(['replica-seconds', number(summary.replicaSeconds)]);
    rows.push(['scaled', summary.scaleUps + ' up, ' + summary.scaleDowns + ' down, ' + summary.flaps + ' flaps']);
    rows.push(['first reaction', summary.firstReactionSeconds === null ? 'none' : time(summary.firstReactionSeconds)]);
    rows.push(['at max', time(summary.secondsAtMax)]);
    return table(['', ''], rows.map(row));
  };

  const verdicts = ({ expectations }) => el('ul', {}, ...expectations.map(({ expectation, passed, detail }) =>
    el('li', { class: passed ? 'ok' : 'bad' }, (passed ? '✓ ' : '✗ ') + expectation + ': ' + detail)));

  const show = (run) => {
    const record = el('pre', { tabindex: 0 }, 'Click on a decision to see every step of it.');
    run.show = (entry) => {
      record.textContent = 'At ' + time(entry.time) + ': ' + entry.reason + '\n\n' + JSON.stringify(entry.record, null, 2);
      record.scrollIntoView({ block: 'nearest' });
    };
    const metric = [{ label: 'metric', color: 'var(--metric)', read: (entry) => entry.metric }];
    if (run.targetLine !== null) metric.push({ label: 'target', color: 'var(--target)', dash: '6 4', read: () => run.targetLine });
    if (run.targetPerReplica !== null) metric.push({ label: 'what the replicas are enough for', color: 'var(--target)', dash: '6 4', read: (entry) => entry.current * run.targetPerReplica });
    const replicas = [
      { label: 'desired', color: 'var(--desired)', read: (entry) => entry.desired },
      { label: 'ready', color: 'var(--ready)', read: (entry) => entry.ready },
    ];
    const waits = [{ label: 'age of the oldest waiting item, seconds', color: 'var(--wait)', read: (entry) => entry.oldestWait }];
    const decisions = run.timeline.filter((entry) => entry.current !== entry.desired).map((entry) => {
      const line = row([time(entry.time), number(entry.metric), String(entry.ready), entry.current + ' → ' + entry.desired, entry.reason]);
      line.className = 'decision';
      line.tabIndex = 0;
      line.addEventListener('click', () => run.show(entry));
      line.addEventListener('keydown', (event) => { if (event.key === 'Enter') run.show(entry); });
      return line;
    });
    page.append(el('h2', {}, run.file + ': ' + run.name + ' (' + run.min + ' to ' + run.max + ', ' + run.target + ')'), verdicts(run));
    page.append(chart(run, metric, 190), chart(run, replicas, 160));
    if (run.summary.wait) page.append(chart(run, waits, 140));
    if (run.thinned) page.append(el('p', { class: 'muted' }, 'The charts leave out some of the ' + run.summary.syncs + ' syncs; every decision is there.'));
    page.append(numbers(run), el('h2', {}, 'Decisions'), table(['time', 'metric', 'ready', 'replicas', 'why'], decisions), record);
  };

  const all = report.runs.flatMap(({ expectations }) => expectations);
  const failed = all.filter(({ passed }) => !passed).length;
  const verdict = all.length === 0 ? 'no expectations' : failed === 0 ? 'all ' + all.length + ' expectations passed' : failed + ' of ' + all.length + ' expectations failed';
  page.append(el('h1', {}, report.title), el('p', { class: failed ? 'bad' : 'ok' }, verdict));
  page.append(el('p', { class: 'muted' }, report.facts.map(([name, text]) => name + ' ' + text).join(' · ')));
  for (const run of report.runs) show(run);
  page.append(el('h2', {}, 'Again'), el('pre', {}, report.command));
})();
`;
