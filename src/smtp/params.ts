// ESMTP parameters behind a path (RFC 5321 §4.1.2 Mail-parameters): SP keyword ["=" value], more of them after
// further spaces. Keywords come out in upper case; a repeated keyword is an error.

export type Parameters = ReadonlyMap<string, string>;

const PARAMETER = /^([A-Za-z0-9][A-Za-z0-9-]*)(?:=([\x21-\x3c\x3e-\x7e]+))?$/;

/**
 * @param text what stands behind the closing bracket: '' or ' SIZE=1000 BODY=8BITMIME'
 * @returns null when it is no parameter list; a parameter without value maps to ''
 */
export function parseParameters(text: string): Parameters | null {
  const parameters = new Map<string, string>();
  if (text === '') return parameters;
  if (!text.startsWith(' ')) return null;
  for (const word of text.split(' ')) {
    if (word === '') continue;
    const parsed = PARAMETER.exec(word);
    const keyword = parsed?.[1]?.toUpperCase();
    if (keyword === undefined || parameters.has(keyword)) return null;
    parameters.set(keyword, parsed?.[2] ?? '');
  }
  return parameters;
}

/** What a value in xtext stands for (RFC 3461 §4), as octet string; hexadecimal digits in either letter case. null: no xtext. */
export function decodeXtext(text: string): string | null {
  if (/[^\x21-\x7e]|=|\+(?![0-9A-Fa-f]{2})/.test(text)) return null;
  return text.replace(/\+(..)/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 16)));
}
