// What breaks a policy or is meant to: start files that cannot be used, with the first thing that is wrong in the log; headers and
// messages larger and deeper than anybody needs; a name server that never answers. Real programs of both builds. Nothing is accepted
// by accident, and nothing of a message is lost.

import { createSocket } from 'node:dgram';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { ruleSources } from '../../../src/serve/rules/sources.ts';
import { asNobody } from '../../support/as-nobody.ts';
import { type Build, describeBuilds } from '../../support/builds.ts';
import { removeDirectory, scratchDirectory } from '../../support/home.ts';
import { playToProcess } from '../../support/process-player.ts';
import { createWorld, type World } from '../../support/program.ts';
import {
  type ControlEntry,
  type Queued,
  type Scenario,
  type Step,
  WILLING_QUEUE,
} from '../../support/scenario.ts';
import { type Finished, run } from '../../support/tcp-server.ts';

const file = (octets: string): ControlEntry => ({ kind: 'file', octets });

let world: World | null = null;

afterEach(() => {
  world?.remove();
  world = null;
});

describeBuilds('a start file', (build) => {
  const QUIET = 'EHLO client.example.net\r\nQUIT\r\n';

  async function start(prepare: (control: string) => void): Promise<Finished> {
    world = createWorld();
    prepare(join(world.home, 'control'));
    return run([build.mvmtr], { env: world.env, input: QUIET });
  }

  it.each<[string, (control: string) => void, string]>([
    ['that is a directory', (control) => mkdirSync(join(control, 'mvmtr.mfl')), 'it is a directory'],
    [
      'of ten megabytes',
      (control) => writeFileSync(join(control, 'mvmtr.mfl'), '# x\n'.repeat(2_500_000)),
      'it is longer than',
    ],
    [
      'that is not UTF-8',
      (control) => writeFileSync(join(control, 'mvmtr.mfl'), '# \xff\n', 'latin1'),
      'it is not UTF-8',
    ],
    [
      'that does not compile',
      (control) => writeFileSync(join(control, 'mvmtr.mfl'), '# one\nhook recpt { accept; }\n'),
      'mvmtr.mfl:2:1: error: ',
    ],
    [
      'with an error in what it imports',
      (control) => {
        writeFileSync(join(control, 'mvmtr.mfl'), 'import "more.mfl";\n');
        writeFileSync(join(control, 'more.mfl'), '\n\nhook rcpt { rejekt "x"; }\n');
      },
      'more.mfl:3:',
    ],
    [
      'that imports itself by way of another',
      (control) => {
        writeFileSync(join(control, 'mvmtr.mfl'), 'import "more.mfl";\n');
        writeFileSync(join(control, 'more.mfl'), 'import "mvmtr.mfl";\n');
      },
      'mfl:1:',
    ],
    [
      'that imports what is not there',
      (control) => writeFileSync(join(control, 'mvmtr.mfl'), 'import "absent.mfl";\n'),
      'mvmtr.mfl:1:',
    ],
    [
      'whose init divides by zero',
      (control) =>
        writeFileSync(join(control, 'mvmtr.mfl'), 'hook init {\n    number n = div(1, len(""));\n}\n'),
      'mvmtr.mfl:2:',
    ],
  ])('%s: 421, and the log says why', async (_, prepare, words) => {
    const { exit, output } = await start(prepare);
    expect(output).toMatch(/^421 4\.3\.0 [^\r\n]+\r\n/m);
    expect(output).not.toMatch(/^2/m);
    expect(output).toMatch(/^mvmtr\[[0-9]+\] fault /m);
    expect(output).toContain(words);
    expect(output.match(/control\/mvmtr\.mfl: /g)).toHaveLength(1);
    expect(exit).toBe(1);
  });

  it('that may not be read is a problem in words', () => {
    const directory = scratchDirectory();
    const path = join(directory, 'mvmtr.mfl');
    writeFileSync(path, '# nothing\n');
    chmodSync(path, 0);
    expect(asNobody(() => ruleSources(path))).toEqual({ problem: 'permission denied' });
    removeDirectory(directory);
  });

  it('that was compiled from something else is compiled anew', async () => {
    const { output } = await start((control) => {
      writeFileSync(join(control, 'mvmtr.mfl'), 'hook helo { reject "source"; }\n');
      writeFileSync(join(control, 'mvmtr.mflc'), 'mvmtr-rules 1\n{"version":1}\n');
    });
    expect(output).toContain('550 5.7.1 source\r\n');
  });
});

const OPEN = 'EHLO client.example.net\r\nMAIL FROM:<a@b.example>\r\nRCPT TO:<user@example.com>\r\n';

/** One message, whose lines end in LF here. */
async function send(
  build: Build,
  rules: string,
  message: string,
): Promise<{ reply: string; queued: readonly Queued[]; notes: readonly string[] }> {
  const steps: Step[] = [
    { kind: 'send', octets: `${OPEN}DATA\r\n` },
    { kind: 'await', prefix: '354' },
    { kind: 'send', octets: `${message.replaceAll('\n', '\r\n')}.\r\nQUIT\r\n` },
  ];
  const scenario: Scenario = {
    profile: 'mvmtr',
    arguments: [],
    control: { me: file('mx.example.com\n'), rcpthosts: file('example.com\n'), 'mvmtr.mfl': file(rules) },
    env: { TCPREMOTEIP: '203.0.113.9' },
    steps,
    hold: false,
    queue: WILLING_QUEUE,
  };
  const { output, queued, notes, problems } = await playToProcess(scenario, [build.mvmtr], 'pipes');
  expect(problems).toEqual([]);
  return { reply: output.split('\r\n').at(-3) ?? '', queued, notes };
}

const content = (queued: readonly Queued[]): string | undefined =>
  queued[0]?.message.replace(/^Received: [^\n]*\n [^\n]*\n/, '');

describeBuilds('a message', (build) => {
  const hook = (name: string, body: string): string => `hook ${name} {\n    ${body}\n}\n`;
  const edit = 'addheader "X-Count" "${message.header_count}"; deleteheader "X-Gone";';

  it.each(['headers', 'message'])(
    'with a header of a megabyte, at %s: what fits is seen, all of it is kept',
    async (stage) => {
      const message = `${`X-Long: ${'x'.repeat(991)}\n`.repeat(1049)}\nbody\n`;
      const { reply, queued, notes } = await send(build, hook(stage, edit), message);
      expect(reply).toMatch(/^250 /);
      expect(content(queued)).toBe(`X-Count: 262\n${message}`);
      expect(notes).toContainEqual(expect.stringMatching(/^warning headers .*262144 octets/));
    },
  );

  it('with one field of a megabyte', async () => {
    const message = `X-Long: x\n${`${' x'.repeat(490)}\n`.repeat(1100)}\nbody\n`;
    const { reply, queued } = await send(build, hook('headers', edit), message);
    expect(reply).toMatch(/^250 /);
    expect(content(queued)).toBe(`X-Count: 0\n${message}`);
  });

  it('with twenty thousand fields', async () => {
    const message = `X-Gone: no\n${'X-A: 1\n'.repeat(20_000)}\nbody\n`;
    const { reply, queued } = await send(build, hook('headers', edit), message);
    expect(reply).toMatch(/^250 /);
    expect(content(queued)).toBe(`X-Count: 20001\n${message.replace('X-Gone: no\n', '')}`);
  });

  it('with two hundred levels of MIME is judged or deferred, and not lost', async () => {
    const levels = 200;
    const opening = (n: number): string => `Content-Type: multipart/mixed; boundary="b${n}"\n\n--b${n}\n`;
    const boundaries = Array.from({ length: levels }, (_, n) => n);
    const message = `Subject: deep\n${boundaries.map(opening).join('')}Content-Type: text/plain\n\nneedle\n${boundaries
      .reverse()
      .map((n) => `--b${n}--\n`)
      .join('')}`;
    const rules = hook('message', 'if body :text :contains "nothing like it" { reject "found"; }');
    const { reply, queued } = await send(build, rules, message);
    if (reply.startsWith('250')) expect(content(queued)).toBe(message);
    else expect(reply).toMatch(/^451 4\.3\.0 /);
  });
});

describeBuilds('a name server that never answers', (build) => {
  const [accept, refuse] = ['250 2.1.5 ', '451 4.3.0 '];

  it.each([
    ['a list passes', 'if (dnsbl("list.example") != "") { reject "listed"; }', accept],
    ['a sender’s domain is 451', 'if (!resolves(sender.domain)) { reject "does not resolve"; }', refuse],
    [
      'what is tried falls back',
      'if (!try(resolves(sender.domain), true)) { reject "does not resolve"; }',
      accept,
    ],
  ])('%s', async (_, body, start) => {
    const silent = createSocket('udp4');
    await new Promise<void>((resolve) => silent.bind(0, '127.0.0.1', resolve));
    try {
      world = createWorld({
        'mvmtr.mfl': file(`hook rcpt {\n    ${body}\n}\n`),
        nameservers: file(`127.0.0.1:${silent.address().port}\n`),
      });
      const { output } = await run([build.mvmtr], { env: world.env, input: `${OPEN}QUIT\r\n` });
      expect(output.split('\r\n').at(-3)).toContain(start);
      if (!body.includes('try(')) expect(output).toMatch(/ note level=(?:warning|error) /);
    } finally {
      silent.close();
    }
  });
});
