// One connection after the other, without sockets: who is turned away and what it hears, whom a proxy may name, what a session
// gets to know, and that nothing that goes wrong leaves this connection or anything behind it.

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { removeDirectory, scratchDirectory } from '../../../test/support/home.ts';
import {
  connection,
  LOCAL,
  REMOTE,
  type ScriptedRead,
  says,
  serverOf,
  serverParts,
  snapshot,
} from '../../../test/support/listener.ts';
import { homeWith } from '../../../test/tools/control-home.ts';
import { MVMTR, STOCK } from '../../session/index.ts';
import { type IpNetwork, parseIpNetwork } from '../../text/index.ts';
import { attend } from './connection.ts';
import { takeSnapshot } from './snapshot.ts';
import type { RemoteClient, TcpVerdict } from './tcprules.ts';

const QUIT = says('QUIT\r\n');
const BYE = '221 2.0.0 mx.example.com closing the connection\r\n';
const GREETING = '220 mx.example.com ESMTP mvmtr\r\n';

const net = (text: string): IpNetwork => {
  const network = parseIpNetwork(text);
  if (network === null) throw new Error(text);
  return network;
};
const OURS = [net(REMOTE.address)];

/** A snapshot whose rules of access say this. */
const access = (verdict: TcpVerdict, asked: RemoteClient[] = []) => ({
  verdict(client: RemoteClient) {
    asked.push(client);
    return verdict;
  },
  close() {},
});

/** What is said, and the log, of a connection that says these things. */
async function played(reads: readonly ScriptedRead[], parts = serverParts(), first = snapshot()) {
  const client = connection({ reads });
  await attend({ connection: client, isTls: false, number: 1 }, serverOf(parts, { first }));
  expect(client.ended()).toBe('close');
  expect(first.held()).toBe(0);
  return { said: client.said(), lines: parts.lines };
}

describe('a client who is welcome', () => {
  it('has a session, and is told goodbye', async () => {
    const { said, lines } = await played([QUIT]);
    expect(said).toBe(GREETING + BYE);
    expect(lines).toEqual([
      'connect ip=203.0.113.9 host=client.example.net profile=mvmtr',
      'end how=quit messages=0 refused=0 seconds=0',
    ]);
  });

  it('has the variables of the rules of access, which know its names', async () => {
    const asked: RemoteClient[] = [];
    const variables = [
      ['RELAYCLIENT', ''],
      ['TCPREMOTEHOST', 'renamed.example'],
    ] as const;
    const first = snapshot({ access: access({ kind: 'allow', variables }, asked) });
    const parts = {
      ...serverParts(),
      lookUp: async () => ({ host: 'client.example.net', info: 'joe', localHost: null }),
    };
    const mail = says('HELO a.example\r\nMAIL FROM:<a@a.example>\r\nRCPT TO:<b@b.example>\r\nQUIT\r\n');
    const { said } = await played([mail], parts, first);
    expect(said).toContain('250 2.1.5 Recipient ok');
    expect(asked).toEqual([{ ip: REMOTE.address, host: 'client.example.net', info: 'joe' }]);
  });

  it('counts as long as it is here', async () => {
    const counted: string[] = [];
    const parts = serverParts();
    const admission = {
      admit(ip: string | null) {
        counted.push(`+ ${ip}`);
        return { kind: 'admitted', connections: 1, release: () => void counted.push('-') } as const;
      },
      running: () => 0,
    };
    const client = connection({ stays: true });
    const over = attend({ connection: client, isTls: false, number: 1 }, serverOf({ ...parts, admission }));
    await client.isAwaited();
    expect(counted).toEqual(['+ 203.0.113.9']);
    client.leave();
    await over;
    expect(counted).toEqual(['+ 203.0.113.9', '-']);
  });

  it('may be one of a unix socket, of whom nothing is known', async () => {
    const asked: (string | null)[] = [];
    const parts = serverParts();
    const admission = {
      ...parts.admission,
      admit(ip: string | null) {
        asked.push(ip);
        return parts.admission.admit(ip);
      },
    };
    const lookUp = async () => ({ host: null, info: null, localHost: null });
    const client = connection({ reads: [QUIT], remote: null, local: null });
    await attend({ connection: client, isTls: false, number: 1 }, serverOf({ ...parts, admission, lookUp }));
    expect(asked).toEqual([null]);
    expect(parts.lines[0]).toBe('connect ip=unknown host=unknown profile=mvmtr');
  });
});

describe('a client who is turned away', () => {
  const refused = (rule: string, code: number): string =>
    `refused code=${code} rule=${rule} ip=203.0.113.9 verb=connect`;

  it('because of what the listener is up to', async () => {
    const parts = serverParts();
    const client = connection({ reads: [QUIT] });
    await attend(
      { connection: client, isTls: false, number: 1 },
      serverOf(parts, { obstacle: () => 'paused' }),
    );
    expect(client.said()).toBe('421 4.3.2 Not accepting mail at the moment, try again later\r\n');
    expect(parts.lines).toEqual([refused('paused', 421)]);
  });

  it('because of a limit', async () => {
    const admission = {
      admit: () => ({ kind: 'refused', rule: 'per-address' }) as const,
      running: () => 0,
    };
    const { said, lines } = await played([QUIT], { ...serverParts(), admission });
    expect(said).toBe('421 4.7.0 Too many connections from your address, try again later\r\n');
    expect(lines).toEqual([refused('per-address', 421)]);
  });

  it('because the rules of access cannot be read', async () => {
    const first = snapshot({ access: access({ kind: 'broken', reason: 'ENOENT' }) });
    const { said, lines } = await played([QUIT], serverParts(), first);
    expect(said).toBe('421 4.3.0 Unable to read my rules of access, try again later\r\n');
    expect(lines).toEqual(['fault ip=203.0.113.9 why="rules of access: ENOENT"', refused('access', 421)]);
  });

  it.each([
    [MVMTR, '554 5.7.1 You may not send mail here\r\n'],
    [STOCK, ''],
  ])('because the rules of access deny', async (profile, heard) => {
    const first = snapshot({ access: access({ kind: 'deny' }) });
    const { said, lines } = await played([QUIT], serverParts({ profile }), first);
    expect(said).toBe(heard);
    expect(lines).toEqual([refused('denied', 554)]);
  });
});

describe('waiting for the greeting', () => {
  const waiting = (more = {}) => serverParts({ greetDelay: 2, ...more });

  it('is what a good client does', async () => {
    expect((await played(['timeout', QUIT], waiting())).said).toBe(GREETING + BYE);
  });

  it('is too much for one who is refused', async () => {
    const { said, lines } = await played([says('HELO a.example\r\n'), QUIT], waiting());
    expect(said).toBe('554 5.5.1 You spoke before you were greeted\r\n');
    expect(lines).toEqual(['refused code=554 rule=earlyTalker ip=203.0.113.9 verb=connect']);
  });

  it('may be left out where that is only noted, and nothing of what was said is lost', async () => {
    const { said } = await played([says('QU'), says('IT\r\n')], waiting({ earlyTalkers: 'note' }));
    expect(said).toBe(GREETING + BYE);
  });

  it('is given up by a client who leaves, which nobody needs to hear of', async () => {
    expect(await played(['end'], waiting())).toEqual({ said: '', lines: [] });
  });

  it('is over when the listener goes down', async () => {
    expect((await played(['closing'], waiting())).said).toBe('421 4.3.2 Going down, try again later\r\n');
  });
});

describe('a proxy with a header in front', () => {
  const HEADER = says('PROXY TCP4 198.51.100.7 192.0.2.26 4711 2525\r\nQUIT\r\n');

  it('is believed where it is trusted', async () => {
    const ends: unknown[] = [];
    const parts = serverParts({ proxyFrom: OURS });
    const lookUp: typeof parts.lookUp = (both) => {
      ends.push(both);
      return parts.lookUp(both);
    };
    const { said, lines } = await played([HEADER], { ...parts, lookUp });
    expect(said).toBe(GREETING + BYE);
    expect(ends).toMatchObject([
      { remote: { address: '198.51.100.7', port: 4711 }, local: { address: '192.0.2.26', port: 2525 } },
    ]);
    expect(lines[0]).toBe('connect ip=198.51.100.7 host=client.example.net profile=mvmtr');
  });

  it('may speak for itself', async () => {
    const itself = `${String.fromCharCode(13, 10, 13, 10, 0, 13, 10)}QUIT\n\x20\0\0\0QUIT\r\n`;
    const { lines } = await played([says(itself)], serverParts({ proxyFrom: OURS }));
    expect(lines[0]).toBe('connect ip=203.0.113.9 host=client.example.net profile=mvmtr');
  });

  it('gives nothing of its own to a client of whom it tells nothing', async () => {
    const rights = { proxyFrom: OURS, xclientFrom: OURS };
    const { lines, said } = await played([says('PROXY UNKNOWN\r\nEHLO x.example\r\n')], serverParts(rights));
    expect(lines[0]).toMatch(/^connect ip=unknown /);
    expect(said).not.toContain('XCLIENT');
  });

  it('is any client elsewhere', async () => {
    const { said } = await played([HEADER], serverParts({ proxyFrom: [net('198.51.100.0/24')] }));
    expect(said).toMatch(/^220 .*\r\n50\d .*\r\n221 .*\r\n$/);
  });

  it('without a good header hears nothing, and is not counted', async () => {
    const parts = serverParts({ proxyFrom: OURS });
    const admission = {
      admit: () => {
        throw new Error('counted');
      },
      running: () => 0,
    };
    const { said, lines } = await played([says('EHLO a.example\r\n')], { ...parts, admission });
    expect(said).toBe('');
    expect(lines).toEqual([expect.stringMatching(/^fault ip=203\.0\.113\.9 why="bad PROXY header: /)]);
  });

  it('is whoever comes through a unix socket', async () => {
    const parts = serverParts({ proxyFrom: OURS });
    const client = connection({ reads: [HEADER], remote: null, local: null });
    await attend({ connection: client, isTls: false, number: 1 }, serverOf(parts));
    expect(parts.lines[0]).toBe('connect ip=198.51.100.7 host=client.example.net profile=mvmtr');
  });
});

describe('a proxy with XCLIENT', () => {
  const NAMES = says(
    'XCLIENT ADDR=198.51.100.7 NAME=far.example PORT=4711\r\nXCLIENT ADDR=198.51.100.8\r\nQUIT\r\n',
  );

  it('has the next session for the client that it names, who is no proxy', async () => {
    const { said, lines } = await played([NAMES], serverParts({ xclientFrom: OURS }));
    expect(said).toMatch(/^220 .*\r\n220 .*\r\n50\d .*\r\n221 .*\r\n$/);
    expect(lines).toEqual([
      'connect ip=203.0.113.9 host=client.example.net profile=mvmtr',
      'end how=xclient messages=0 refused=0 seconds=0',
      'connect ip=198.51.100.7 host=far.example profile=mvmtr',
      expect.stringContaining('refused code=50'),
      'end how=quit messages=0 refused=1 seconds=0',
    ]);
  });

  it('is any client elsewhere', async () => {
    const { said } = await played([NAMES], serverParts());
    expect(said).toMatch(/^220 .*\r\n50\d .*\r\n50\d .*\r\n221 .*\r\n$/);
  });

  it('is heard by the rules of access again', async () => {
    const asked: RemoteClient[] = [];
    const first = snapshot({ access: access({ kind: 'allow', variables: [] }, asked) });
    await played([NAMES], serverParts({ xclientFrom: OURS }), first);
    expect(asked.map(({ ip, host }) => `${ip} ${host}`)).toEqual([
      '203.0.113.9 client.example.net',
      '198.51.100.7 far.example',
    ]);
  });

  it.each<[string, string, string]>([
    ['keeps its own name when it tells only an address', 'ADDR=198.51.100.7', '198.51.100.7 null'],
    ['may tell the name first', 'NAME=far.example\r\nXCLIENT ADDR=198.51.100.7', '198.51.100.7 far.example'],
    ['may know neither', 'ADDR=[UNAVAILABLE]', 'null null'],
  ])('%s', async (_, words, expected) => {
    const asked: RemoteClient[] = [];
    const first = snapshot({ access: access({ kind: 'allow', variables: [] }, asked) });
    const reads = [says(`XCLIENT ${words}\r\nQUIT\r\n`)];
    await played(reads, serverParts({ xclientFrom: OURS }), first);
    expect(asked.map(({ ip, host }) => `${ip} ${host}`).at(-1)).toBe(expected);
  });

  it('cannot go on for ever', async () => {
    const again = Array.from({ length: 50 }, () => says('XCLIENT NAME=far.example\r\n'));
    const { said } = await played(again, serverParts({ xclientFrom: OURS }));
    expect(said).toBe(GREETING.repeat(10));
  });
});

describe('what goes wrong', () => {
  const broken = (why: string) => (): never => {
    throw new Error(why);
  };

  it.each<[string, Partial<ReturnType<typeof serverParts>>]>([
    ['looking up', { lookUp: async () => broken('lookUp')() }],
    ['admitting', { admission: { admit: broken('admit'), running: () => 0 } }],
  ])('in %s ends this connection with 421 and is logged', async (_, part) => {
    const { said, lines } = await played([QUIT], { ...serverParts(), ...part });
    expect(said).toBe('421 4.3.0 Internal trouble, try again later\r\n');
    expect(lines[0]).toMatch(/^fault ip=203\.0\.113\.9 why="Error: /);
    expect(lines[1]).toBe('refused code=421 rule=fault ip=203.0.113.9 verb=connect');
  });

  it('leaves no count behind', async () => {
    let here = 0;
    const admission = {
      admit() {
        here += 1;
        const release = (): void => {
          here -= 1;
        };
        return { kind: 'admitted', connections: here, release } as const;
      },
      running: () => here,
    };
    const lookUp = async () => broken('lookUp')();
    await played([QUIT], { ...serverParts(), admission, lookUp });
    expect(here).toBe(0);
  });

  it('touches nobody else', async () => {
    const parts = serverParts();
    const sound = serverOf(parts);
    const stays = connection({ stays: true });
    const over = attend({ connection: stays, isTls: false, number: 1 }, sound);
    await stays.isAwaited();
    const victim = connection({ reads: [QUIT] });
    await attend(
      { connection: victim, isTls: false, number: 2 },
      { ...sound, lookUp: async () => broken('lookUp')() },
    );
    expect(victim.ended()).toBe('close');
    expect(stays.ended()).toBeNull();
    stays.say('QUIT\r\n');
    await over;
    expect(stays.said()).toBe(GREETING + BYE);
  });
});

describe('with rules', () => {
  let scratch: string;
  beforeAll(() => {
    scratch = scratchDirectory();
  });
  afterAll(() => removeDirectory(scratch));

  const under = async (rules: string) => {
    const home = homeWith(scratch, { me: 'mx.example.com\n', 'mvmtr.mfl': rules });
    const taken = await takeSnapshot({
      profile: MVMTR,
      home,
      startFile: null,
      access: null,
      version: 'test',
    });
    if ('problem' in taken) throw new Error(taken.problem);
    return { home, first: snapshot({ prepared: taken.prepared, rules: taken.rules }) };
  };

  it('a session knows how many come from its address, and whether it spoke too early', async () => {
    const { home, first } = await under(
      'hook connect { tag "n" "${client.connections} ${session.early_talker}"; }',
    );
    const admission = {
      admit: () => ({ kind: 'admitted', connections: 7, release() {} }) as const,
      running: () => 7,
    };
    const parts = { ...serverParts({ home, greetDelay: 2, earlyTalkers: 'note' }), admission };
    const { lines } = await played([QUIT], parts, first);
    expect(lines.at(-1)).toBe('note level=info rule=session ip=203.0.113.9 text="tags: n=7 true"');
  });

  it('whose init fails, a client hears 421', async () => {
    const { home, first } = await under('hook init { error "no"; }');
    const { said, lines } = await played([QUIT], serverParts({ home }), first);
    expect(said).toMatch(/^421 4\.3\.0 .*\r\n$/);
    expect(lines.at(-1)).toBe('fault ip=203.0.113.9 why="mvmtr.mfl:1:13: no"');
  });

  it('what a session has opened is closed, however it ends', async () => {
    const { home, first } = await under('hook connect { tag "seen"; }');
    const parts = serverParts({ home });
    const log = {
      ...parts.log,
      of: (context: Parameters<typeof parts.log.of>[0]) => {
        const write = parts.log.of(context);
        return (event: Parameters<typeof write>[0]) => {
          if (event.event === 'end') throw new Error('log');
          write(event);
        };
      },
    };
    const { lines } = await played([QUIT], { ...parts, log }, first);
    expect(lines.filter((line) => line.includes('tags: seen'))).toHaveLength(1);
  });
});

it('has both ends in the environment of the queue program', async () => {
  const environments: unknown[] = [];
  const parts = {
    ...serverParts(),
    baseEnvironment: { PATH: '/bin' },
    spawn: async ({ env }: { env: Readonly<Record<string, string | undefined>> }) => {
      environments.push({ ...env, PATH: env.PATH });
      return { failure: 'not-executable', reason: 'ENOENT' } as const;
    },
  };
  const mail = says('HELO a.example\r\nMAIL FROM:<a@a.example>\r\nRCPT TO:<b@mx.example.com>\r\nDATA\r\n');
  const { said } = await played([mail, says('x\r\n.\r\n'), QUIT], parts);
  expect(said).toContain('451 ');
  expect(environments).toEqual([
    {
      PATH: '/bin',
      PROTO: 'TCP',
      TCPLOCALHOST: 'mx.example.com',
      TCPLOCALIP: LOCAL.address,
      TCPLOCALPORT: '25',
      TCPREMOTEHOST: 'client.example.net',
      TCPREMOTEIP: REMOTE.address,
      TCPREMOTEPORT: '40000',
    },
  ]);
});
