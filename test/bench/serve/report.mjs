// The tables of the bench in Markdown: medians, in brackets the ratio to the first row that has any figures, and beside the
// figures of our own builds the bar and whether it holds.

import { median } from '../measure.mjs';

/**
 * The table of one scenario. `results` has the runs of each peer by name: figures, or Errors. Returns `{ text, bars }`, the
 * second being whether each bar holds.
 */
export function table({ scenario, peers, results }) {
  const rows = peers.map((peer) => ({ peer, figures: medians(results[peer.name], scenario.columns) }));
  const base = rows.find(({ figures }) => figures !== null)?.figures ?? {};
  const judged = rows.map(({ peer, figures }) => {
    const bars = scenario.bars?.[peer.name] ?? [];
    return {
      title: peer.title,
      cells: scenario.columns.map((column) => judge({ column, figures, base, bars })),
    };
  });
  const head = ['', ...scenario.columns.map(({ title, more }) => `${title} ${more ? '+' : '-'}`)];
  const rule = ['---', ...scenario.columns.map(() => '--:')];
  const lines = judged.map(({ title, cells }) => [title, ...cells.map(({ text }) => text)]);
  const failed = peers.flatMap(({ name, title }) => failures(title, results[name]));
  const parts = [`### ${scenario.title}`, markdown([head, rule, ...lines]), failed.join('\n')];
  return {
    text: parts.filter((part) => part !== '').join('\n\n'),
    bars: judged.flatMap(({ cells }) => cells.flatMap(({ holds }) => holds ?? [])),
  };
}

/** By column; null when no run came to its end. */
function medians(runs, columns) {
  const good = runs.filter((run) => !(run instanceof Error));
  if (good.length === 0) return null;
  return Object.fromEntries(columns.map(({ key }) => [key, median(good.map((run) => run[key]))]));
}

function judge({ column: { key }, figures, base, bars }) {
  if (figures === null) return { text: '-' };
  const value = figures[key];
  const bar = bars.find((each) => each.key === key);
  const ratio = base[key] === 0 ? '' : ` (${(value / base[key]).toFixed(2)})`;
  if (bar === undefined) return { text: `${rounded(value)}${ratio}` };
  const holds = value >= (bar.least ?? value) && value <= (bar.most ?? value);
  const limit = bar.least === undefined ? `at most ${bar.most}` : `at least ${bar.least}`;
  return { text: `${rounded(value)}${ratio}, ${limit}: ${holds ? 'holds' : 'MISSED'}`, holds };
}

/** Three digits that count. */
function rounded(value) {
  if (value === 0 || value >= 100) return String(Math.round(value));
  return String(Number(value.toPrecision(3)));
}

function failures(title, runs) {
  const failed = runs.filter((run) => run instanceof Error);
  if (failed.length === 0) return [];
  const why = failed[0].message.split(/[;\n]/)[0];
  return [`${title}: ${failed.length} of ${runs.length} runs failed: ${why}`];
}

/** Cells padded, so that the text can be read as it is. */
function markdown(lines) {
  const widths = lines[0].map((_, at) => Math.max(...lines.map((line) => line[at].length)));
  const padded = (text, at) => {
    if (/^--/.test(text))
      return text.endsWith(':') ? `${'-'.repeat(widths[at] - 1)}:` : '-'.repeat(widths[at]);
    return at === 0 ? text.padEnd(widths[at]) : text.padStart(widths[at]);
  };
  return lines.map((line) => `| ${line.map(padded).join(' | ')} |`).join('\n');
}
