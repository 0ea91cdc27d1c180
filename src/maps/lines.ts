// The lines of a text table: a key, white space, a value. Blank lines and lines that start with "#" are skipped;
// there is no quoting and no continuation, so a pattern may hold any backslash. An entry without a value has
// itself for one, so that what is listed is never the same as what is not. Octet strings throughout; nothing
// fails.

export interface TableLine {
  /** From 1. */
  readonly line: number;
  /** As written. */
  readonly key: string;
  readonly value: string;
}

export function tableLines(text: string): readonly TableLine[] {
  return text.split('\n').flatMap((raw, index) => {
    const whole = raw.replace(/^[ \t]+|[ \t\r]+$/g, '');
    if (whole === '' || whole.startsWith('#')) return [];
    const [, key = '', value = ''] = /^([^ \t]+)[ \t]*(.*)$/s.exec(whole) ?? [];
    return [{ line: index + 1, key, value: value === '' ? key : value }];
  });
}
