// What a session loads because of rules: nothing without a start file, and with a compiled one no compiler, no DNS, no tables and no
// engine that it does not use. Seen in what the Node build's process opens (strace), and in the metafile of the bundles.

import { readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { DOORS, doorFile, EAGER_FILE } from '../../../src/build/bundle.mjs';
import { writeProgram } from '../../../src/rules/check/index.ts';
import { loadProgram } from '../../../src/serve/rules/load.ts';
import { nodeBuild } from '../../support/builds.ts';
import { needs } from '../../support/needs.ts';
import { createWorld, type World } from '../../support/program.ts';
import { run } from '../../support/tcp-server.ts';

const DIST = fileURLToPath(new URL('../../../dist/node/', import.meta.url));

const RULE_ROOMS = /^src\/(?:rules|serve\/rules|dns|maps|reputation)\//;

it('the eager file has nothing of the rules in it', () => {
  const { outputs } = JSON.parse(readFileSync(join(DIST, 'meta.json'), 'utf8'));
  const inputs = Object.keys(outputs[`dist/node/${EAGER_FILE}`].inputs);
  expect(inputs).toContain('src/session/session.ts');
  expect(inputs.filter((path) => RULE_ROOMS.test(path))).toEqual([]);
});

needs('strace').describe('a session', () => {
  let world: World;

  beforeEach(() => {
    world = createWorld();
  });

  afterEach(() => world.remove());

  const INPUT = 'EHLO c.example\r\nMAIL FROM:<a@b.example>\r\nRCPT TO:<user@example.com>\r\nQUIT\r\n';

  /** Names of the doors that were opened. */
  async function doorsOpened(): Promise<readonly string[]> {
    const trace = join(world.home, 'trace');
    const { exit, output } = await run(
      ['strace', '-f', '-e', 'trace=open,openat', '-o', trace, nodeBuild.mvmtr],
      { env: world.env, input: INPUT },
    );
    expect([exit, output]).toEqual([0, expect.stringContaining('\r\n250 2.1.5 ')]);
    const opened = [...readFileSync(trace, 'latin1').matchAll(/open(?:at)?\([^"\n]*"([^"]*)"/g)].map(
      ([, path]) => path ?? '',
    );
    expect(opened).toContain(join(DIST, EAGER_FILE));
    const files = new Set(opened.filter((path) => path.startsWith(DIST)).map((path) => basename(path)));
    return Object.values(DOORS).filter((name) => files.has(doorFile(name)));
  }

  async function compiled(rules: string): Promise<void> {
    const path = join(world.home, 'control/mvmtr.mfl');
    writeFileSync(path, rules);
    const loaded = await loadProgram(path);
    if ('problem' in loaded) throw new Error(loaded.problem);
    writeFileSync(`${path}c`, writeProgram(loaded.program), 'latin1');
  }

  it('without a start file opens no door', async () => {
    expect(await doorsOpened()).toEqual([]);
  });

  const COMPILED = ['checker', 'language', 'dns', 'maps', 'state', 'mime', 'regex', 'program', 'testsuite'];

  it.each<[string, string, readonly string[]]>([
    ['that looks nothing up', 'hook rcpt { if (rcpt.localpart == "nobody") { reject "No"; } }\n', []],
    [
      'that looks into a table',
      'hook rcpt { if (map_has("file:control/me", rcpt.address)) { reject "No"; } }\n',
      ['maps'],
    ],
    ['that counts', 'hook rcpt { ratelimit :key "x" :max 1000 :per 1h; }\n', ['state']],
  ])('with a compiled one %s opens what it needs', async (_, rules, expected) => {
    await compiled(rules);
    const doors = await doorsOpened();
    expect(doors).toContain('rules');
    expect(doors.filter((door) => COMPILED.includes(door))).toEqual(expected);
  });

  it('with one that is not compiled opens the compiler', async () => {
    writeFileSync(join(world.home, 'control/mvmtr.mfl'), 'hook mail { log "x"; }\n');
    expect(await doorsOpened()).toContain('checker');
  });
});
