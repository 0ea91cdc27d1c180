// Reply codes that verdicts may give: a rejection is 5xx, a deferral 4xx, and at the greeting RFC 5321 §4.3.2 and RFC 7504 §4 have few
// to choose from. Asked by the checker about what is written out, and by the interpreter about what was computed: a rule
// that refuses never says 250.

const CLASSES: Readonly<Record<string, readonly number[]>> = {
  reject: [5],
  ereject: [5],
  defer: [4],
  tempfail: [4],
  drop: [4, 5],
  greylist: [4],
  ratelimit: [4],
  reply: [2, 4, 5],
};

/** Classes of the codes a verdict may give, its default first; undefined for what gives no code. */
export const codeClasses = (verdict: string): readonly number[] | undefined =>
  Object.hasOwn(CLASSES, verdict) ? CLASSES[verdict] : undefined;

export const codeFits = (code: number, classes: readonly number[]): boolean =>
  Number.isInteger(code) && code % 100 < 60 && classes.includes(Math.floor(code / 100));

const GREETING_CODES: readonly number[] = [421, 450, 451, 454, 521, 550, 554];

export const isGreetingCode = (code: number): boolean => GREETING_CODES.includes(code);

/** RFC 2034 §4: class, subject, detail. */
export const isStatus = (text: string): boolean => /^[245]\.[0-9]{1,3}\.[0-9]{1,3}$/.test(text);
