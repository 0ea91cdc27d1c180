// Dovecot's authentication socket (its "auth client" protocol, version 1): lines of words between tabs. Mechanisms are Dovecot's; we pass
// responses and challenges on. A connection for each login, which is cheap and cannot mix two up. Whatever is not a plain OK or
// a plain FAIL is nobody's answer. OK says that the credentials are good, and not yet that the user may log in.

import type { Socket } from 'node:net';
import type { Authenticator, SaslContext, SaslExchange, SaslStep } from '../sasl/index.ts';
import { fromBase64, toBase64 } from '../sasl/index.ts';

export interface DovecotOptions {
  /** Of a unix socket. */
  readonly path: string;
  /** Until Dovecot has answered what was said last. */
  readonly seconds: number;
}

/** Octets of a line that are waited for; Dovecot has 8 KB for its own. */
const LINE_OCTETS = 64 * 1024;

/** Lines of the handshake; Dovecot has one for each mechanism and a few more. */
const GREETING_LINES = 200;

/** One login at a time, so any number will do. */
const REQUEST = 1;

export function dovecot(options: DovecotOptions): Authenticator {
  return { start: (mechanism, context) => exchange(options, mechanism, context) };
}

function exchange(options: DovecotOptions, mechanism: string, context: SaslContext): SaslExchange {
  let line: Lines | null = null;
  const unavailable = (why: string, user = ''): SaslStep => {
    line?.close();
    return { step: 'unavailable', user, why: `${options.path}: ${why}` };
  };
  const begin = async (response: string | null): Promise<SaslStep> => {
    line = await connected(options);
    const offered = await greeted(line);
    if (!offered.includes(mechanism)) return unavailable(`Dovecot does not offer ${mechanism}`);
    line.say(authLine(mechanism, context, response));
    return answer(line);
  };
  const answer = async (from: Lines): Promise<SaslStep> => {
    const step = stepOf(await from.next());
    if (step.step === 'unavailable') return unavailable(step.why, step.user);
    if (step.step !== 'challenge') from.close();
    return step;
  };
  return {
    async next(response) {
      try {
        if (line === null) return await begin(response);
        line.say(`CONT\t${REQUEST}\t${toBase64(response ?? '')}`);
        return await answer(line);
      } catch (error) {
        return unavailable(String((error as Error).message));
      }
    },
    abort: () => line?.close(),
  };
}

function authLine(mechanism: string, context: SaslContext, response: string | null): string {
  const { secured, remoteIp, remotePort, localIp, localPort } = context;
  const words = ['AUTH', String(REQUEST), mechanism, 'service=smtp'];
  if (secured) words.push('secured');
  const known = { lip: localIp, rip: remoteIp, lport: localPort, rport: remotePort };
  for (const [name, value] of Object.entries(known)) {
    // They come from whoever has started us, and cannot have anything else in them.
    if (/^[0-9A-Fa-f.:]+$/.test(value)) words.push(`${name}=${value}`);
  }
  // It has to be the last one.
  if (response !== null) words.push(`resp=${toBase64(response)}`);
  return words.join('\t');
}

/** What Dovecot says about our request. */
function stepOf(said: string): SaslStep {
  const [verb = '', id = '', ...words] = said.split('\t');
  const value = (name: string): string =>
    unescaped(words.find((word) => word.startsWith(`${name}=`))?.slice(name.length + 1) ?? '');
  const unavailable = (why: string): SaslStep => ({ step: 'unavailable', user: '', why });
  const says = (name: string): boolean => words.some((word) => word === name || word.startsWith(`${name}=`));
  if (id !== String(REQUEST)) return unavailable('Dovecot answers something else');
  const user = value('user');
  if (verb === 'OK') {
    if (user === '' || user.includes('\0')) return unavailable('Dovecot does not say who has logged in');
    // A proxy often takes any password, because the host behind it is the one that looks.
    if (says('proxy')) {
      return { step: 'unavailable', user, why: 'Dovecot leaves the user to another host (proxy)' };
    }
    // The password is right, and the user may not log in.
    if (says('nologin')) return { step: 'rejected', user };
    const data = says('resp') ? fromBase64(value('resp')) : undefined;
    if (data === null) return unavailable('Dovecot sends no base64');
    return { step: 'accepted', user, ...(data === undefined ? {} : { data }) };
  }
  if (verb === 'CONT') {
    const octets = fromBase64(words[0] ?? '');
    return octets === null ? unavailable('Dovecot sends no base64') : { step: 'challenge', octets };
  }
  if (verb !== 'FAIL') return unavailable('Dovecot answers something else');
  // The bare word is that of Dovecot before 2.3.
  if (words.includes('code=temp_fail') || words.includes('temp')) {
    return { step: 'unavailable', user, why: 'Dovecot cannot tell just now' };
  }
  return { step: 'rejected', user };
}

/** Dovecot's str_tabescape(): 1 stands in front of what cannot be written. */
const unescaped = (text: string): string =>
  text.replace(/\x01([01tnr])/g, (_, letter: string) => ESCAPES[letter] ?? '');

const ESCAPES: Readonly<Record<string, string>> = { '0': '\0', '1': '\x01', t: '\t', n: '\n', r: '\r' };

/** Both sides say who they are; Dovecot lists its mechanisms and ends with DONE. */
async function greeted(line: Lines): Promise<readonly string[]> {
  line.say('VERSION\t1\t1');
  line.say(`CPID\t${process.pid}`);
  const offered: string[] = [];
  for (let lines = 0; lines < GREETING_LINES; lines += 1) {
    const [verb, first = ''] = (await line.next()).split('\t');
    if (verb === 'VERSION' && first !== '1')
      throw new Error(`Dovecot speaks version ${first} of the protocol`);
    if (verb === 'MECH') offered.push(first.toUpperCase());
    if (verb === 'DONE') return offered;
  }
  throw new Error('Dovecot does not come to the end of its greeting');
}

/** A connection as lines. */
interface Lines {
  say(line: string): void;
  /** The next line; rejects with what is wrong when there is none in time. */
  next(): Promise<string>;
  close(): void;
}

async function connected({ path, seconds }: DovecotOptions): Promise<Lines> {
  const { connect } = await import('node:net');
  const socket: Socket = connect({ path });
  let text = '';
  let problem: string | null = null;
  let wake: () => void = () => {};
  let deadline = 0;
  socket.setEncoding('latin1');
  socket.on('data', (octets: string) => {
    text += octets;
    if (text.length > LINE_OCTETS) end('Dovecot sends a line without end');
    wake();
  });
  const end = (why: string): void => {
    problem ??= why;
    socket.destroy();
    wake();
  };
  socket.on('error', (error: NodeJS.ErrnoException) => end(error.code ?? error.message));
  socket.on('close', () => end('Dovecot has hung up'));
  return {
    say(line) {
      deadline = performance.now() + seconds * 1000;
      socket.write(`${line}\n`, 'latin1');
    },
    async next() {
      const left = Math.max(0, deadline - performance.now());
      const timer = setTimeout(end, left, `Dovecot has not answered in ${seconds} s`);
      try {
        for (;;) {
          const at = text.indexOf('\n');
          if (at >= 0) {
            const line = text.slice(0, at);
            text = text.slice(at + 1);
            return line;
          }
          if (problem !== null) throw new Error(problem);
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
        }
      } finally {
        clearTimeout(timer);
      }
    },
    close: () => end('closed'),
  };
}
