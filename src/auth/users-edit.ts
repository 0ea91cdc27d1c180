// Changes of control/smtpusers as text, pure: everything that is not about the user stays as it is, comments and order too.

/** With this line in the place of the user's, or behind all others. */
export function withUser(text: string, name: string, verifiers: readonly string[]): string {
  const line = [name, ...verifiers].join(':');
  const lines = linesOf(text);
  const at = lines.findIndex((each) => each.startsWith(`${name}:`));
  return textOf(at < 0 ? [...lines, line] : lines.with(at, line));
}

/** null: there is no such user. */
export function withoutUser(text: string, name: string): string | null {
  const lines = linesOf(text);
  const left = lines.filter((each) => !each.startsWith(`${name}:`));
  return left.length === lines.length ? null : textOf(left);
}

/** Names, as they stand. */
export function userNames(text: string): readonly string[] {
  return linesOf(text)
    .filter((line) => /^[^#\s][^:]*:/.test(line))
    .map((line) => line.slice(0, line.indexOf(':')));
}

const linesOf = (text: string): string[] => (text === '' ? [] : text.replace(/\n$/, '').split('\n'));
const textOf = (lines: readonly string[]): string => lines.map((line) => `${line}\n`).join('');
