// Certificates that change while mail comes in: a new one counts for the next connection, a broken one changes nothing in a server that
// has a good one and is a temporary failure for a session that has none; and those that rules name.

import { renameSync, rmSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { type Build, describeBuilds } from '../support/builds.ts';
import { type Made, makeCertificate } from '../support/certificates.ts';
import { needs } from '../support/needs.ts';
import { createSecureWorld, type SecureWorld, serverEnv } from '../support/secure-world.ts';
import { killServers, type Served, serve, within } from '../support/serve.ts';
import { greeted, sendMessage } from '../support/smtp-client.ts';
import { type TcpServer, tcpServer } from '../support/tcp-server.ts';
import { smtpsClient, starttlsClient, type TlsClient } from '../support/tls-client.ts';

const { describe } = needs('tcpserver', 'openssl');

/** What is wrong with the new one, while the old one stays in force. */
const COMPLAINT = /^mvmtr\[[0-9]+\] note level=warning rule=serve text=".*servercert\.pem/;

let world: SecureWorld;
let listener: Served;
let byProcess: TcpServer;
let made: Readonly<Record<'one' | 'two', Made>>;

async function startAll(build: Build): Promise<void> {
  world = createSecureWorld();
  const certificate = (name: string): Made =>
    makeCertificate(world.directory, { name, kind: 'ec', names: ['mx.example.com'], issuer: world.root });
  made = { one: certificate('one'), two: certificate('two') };
  const env = serverEnv(world);
  const words = ['-HR', '-l', 'mx.example.com', '127.0.0.1:0', 'tls:127.0.0.1:0'];
  install(textOf(made.one));
  [listener, byProcess] = await Promise.all([serve(build, { words, env }), tcpServer([build.mvmtr], env)]);
}

const textOf = ({ keyText, chainText }: Made): string => keyText + chainText;

/** As one should: written beside, and renamed. */
function install(text: string, name = 'servercert.pem'): void {
  const path = world.control(name);
  writeFileSync(`${path}.new`, text, { mode: 0o600 });
  renameSync(`${path}.new`, path);
}

async function nameOf(connecting: Promise<TlsClient>): Promise<string> {
  const client = await connecting;
  const name = String(client.tls.getPeerCertificate().subject.CN);
  expect(await client.ask('QUIT')).toMatch(/^221 /);
  return name;
}

const names = (): Promise<readonly string[]> =>
  Promise.all([
    nameOf(starttlsClient(listener.port)),
    nameOf(smtpsClient(listener.ports[1] ?? 0)),
    nameOf(starttlsClient(byProcess.port)),
  ]);

describe('certificates', () => {
  describeBuilds('that change', (build) => {
    beforeAll(() => startAll(build));
    beforeEach(() => install(textOf(made.one)));
    afterAll(async () => {
      await byProcess.stop();
      await killServers();
      world.remove();
    });

    it('a new one is used for the next connection, and for nobody who is there', async () => {
      expect(await names()).toEqual(['one', 'one', 'one']);
      const before = await starttlsClient(listener.port);
      const clear = await greeted(listener.port);
      install(textOf(made.two));
      expect(await names()).toEqual(['two', 'two', 'two']);
      expect(await sendMessage(before)).toMatch(/^250 /);
      expect(await sendMessage(clear)).toMatch(/^250 /);
      before.leave();
      clear.leave();
      install(textOf(made.one));
      expect(await names()).toEqual(['one', 'one', 'one']);
    });

    it.each([
      ['that is no certificate', () => 'broken\n'],
      ['with the key of another', () => made.two.keyText + made.one.chainText],
      ['without a key', () => made.two.certText],
      ['cut off', () => textOf(made.two).slice(0, 300)],
    ])(
      'one %s changes nothing in a server, which says so once; a session of its own has 454',
      async (_, text) => {
        const complaints = (): number => listener.lines(COMPLAINT).length;
        expect(await nameOf(starttlsClient(listener.port))).toBe('one');
        const before = complaints();
        install(text());
        for (let time = 0; time < 3; time += 1) {
          expect(await nameOf(starttlsClient(listener.port))).toBe('one');
          expect(await nameOf(smtpsClient(listener.ports[1] ?? 0))).toBe('one');
        }
        await listener.untilLog(COMPLAINT, before + 1);
        expect(complaints()).toBe(before + 1);
        const said = byProcess.errors().length;
        const client = await greeted(byProcess.port);
        expect(await client.ask('STARTTLS')).toMatch(/^454 4\.7\.0 /);
        expect(await sendMessage(client)).toMatch(/^250 /);
        client.leave();
        const line = /^mvmtr\[[0-9]+\] fault ip=127\.0\.0\.1 why=.*servercert\.pem/m;
        const isSaid = (errors: string): boolean => line.test(errors.slice(said));
        await within('a line', byProcess.errors, byProcess.untilErrors(isSaid));
        install(textOf(made.two));
        expect(await names()).toEqual(['two', 'two', 'two']);
        expect(complaints()).toBe(before + 1);
      },
    );

    it('one that is taken away: no STARTTLS for a session of its own', async () => {
      expect(await names()).toEqual(['one', 'one', 'one']);
      rmSync(world.control('servercert.pem'));
      const client = await greeted(byProcess.port);
      expect(await client.ask('EHLO client.example.net')).not.toContain('STARTTLS');
      expect(await client.ask('STARTTLS')).toMatch(/^502 /);
      client.leave();
      expect(await nameOf(starttlsClient(listener.port))).toBe('one');
    });

    it('rules name their own, and need no servercert.pem', async () => {
      rmSync(world.control('servercert.pem'));
      const own = [made.two.bothFile, made.one.certFile].map((path) => `"${path}"`).join(', ');
      const rule = `hook init { control.tls_cert = [${own}]; control.tls_key = ["${made.two.keyFile}", "${made.one.keyFile}"]; }\n`;
      writeFileSync(world.control('mvmtr.mfl'), rule);
      const ruled = await serve(build, {
        words: ['-HR', '127.0.0.1:0', 'tls:127.0.0.1:0'],
        env: serverEnv(world),
      });
      try {
        expect(await nameOf(starttlsClient(byProcess.port))).toBe('two');
        expect(await nameOf(starttlsClient(ruled.port))).toBe('two');
        expect(await nameOf(smtpsClient(ruled.ports[1] ?? 0))).toBe('two');
      } finally {
        rmSync(world.control('mvmtr.mfl'));
        await ruled.stop();
      }
    });
  });
});
