// What TLS offers and what it does not, seen by openssl's own client and by one that is led by hand: versions, renegotiation,
// compression, which certificate a client gets, which clients may relay by theirs, and sessions that are resumed.

import { once } from 'node:events';
import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ConnectionOptions } from 'node:tls';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Build, describeBuilds } from '../support/builds.ts';
import { type Made, makeCertificate, makeRevocationList } from '../support/certificates.ts';
import { needs } from '../support/needs.ts';
import { mapSideBySide } from '../support/parallel.ts';
import { createSecureWorld, type SecureWorld, serverEnv } from '../support/secure-world.ts';
import { killServers, type Served, serve, within } from '../support/serve.ts';
import { type Finished, run, type TcpServer, tcpServer } from '../support/tcp-server.ts';
import { smtpsClient, starttlsClient, type TlsClient } from '../support/tls-client.ts';

const { describe } = needs('tcpserver', 'openssl');

let world: SecureWorld;
let listener: Served;
let workers: Served;
let byProcess: TcpServer;
let clients: Readonly<Record<'listed' | 'unlisted' | 'unknown', Made>>;

/** Two names, and for the first of them an ECDSA and an RSA certificate, all in one file. */
function certificates(directory: string, root: Made): string {
  const rsa = { name: 'rsa', kind: 'rsa', names: ['mx.example.com'], issuer: root } as const;
  const other = { name: 'other', kind: 'ec', names: ['mail.example.org'], issuer: root } as const;
  return [rsa, other].map((wanted) => makeCertificate(directory, wanted)).reduce(bothTexts, '');
}

const bothTexts = (before: string, { keyText, chainText }: Made): string => before + keyText + chainText;

async function startAll(build: Build): Promise<void> {
  world = createSecureWorld();
  const { directory, root, server } = world;
  writeFileSync(world.control('servercert.pem'), bothTexts('', server) + certificates(directory, root));
  writeFileSync(world.control('clientca.pem'), root.certText);
  writeFileSync(world.control('tlsclients'), 'relay@client.example.net\n');
  mkdirSync(join(world.home, 'state'));
  const client = (name: string, email: string, issuer?: Made): Made =>
    makeCertificate(directory, { name, kind: 'ec', names: [], email, ...(issuer ? { issuer } : {}) });
  clients = {
    listed: client('listed', 'relay@client.example.net', root),
    unlisted: client('unlisted', 'somebody@client.example.net', root),
    unknown: client('unknown', 'relay@client.example.net'),
  };
  const env = serverEnv(world);
  const words = ['-HR', '-l', 'mx.example.com', '127.0.0.1:0', 'tls:127.0.0.1:0'];
  [listener, workers, byProcess] = await Promise.all([
    serve(build, { words, env }),
    serve(build, { words: ['--workers', '2', ...words], env }),
    tcpServer([build.mvmtr], env),
  ]);
}

/** In one step, as an administrator should. */
function putList(text: string): void {
  writeFileSync(world.control('clientcrl.new'), text);
  renameSync(world.control('clientcrl.new'), world.control('clientcrl.pem'));
}

async function stopAll(): Promise<void> {
  await byProcess.stop();
  await killServers();
  world.remove();
}

/** STARTTLS, and QUIT; or what `input` says, where a line of R is a renegotiation. */
function sClient(port: number, options: readonly string[], input?: string): Promise<Finished> {
  const usual = ['-connect', `127.0.0.1:${port}`, '-starttls', 'smtp', '-name', 'client.example.net'];
  const toTheEnd = input === undefined ? ['-ign_eof'] : [];
  return run(['openssl', 's_client', ...usual, ...toTheEnd, ...options], { input: input ?? 'QUIT\r\n' });
}

/** Everything a client of old would speak. */
const ANY_CIPHER = ['-cipher', 'ALL:COMPLEMENTOFALL:@SECLEVEL=0'];

const nameOf = (client: TlsClient): string => `${client.tls.getPeerCertificate().subject.CN}`;

/** With the certificate of one of its own. */
const having = ({ certText, keyText }: Made): ConnectionOptions => ({ cert: certText, key: keyText });

async function isRelay(client: TlsClient): Promise<string> {
  expect(await client.ask('EHLO client.example.net')).toMatch(/^250/);
  expect(await client.ask('MAIL FROM:<sender@example.net>')).toMatch(/^250 /);
  const reply = await client.ask('RCPT TO:<user@elsewhere.example>');
  expect(await client.ask('QUIT')).toMatch(/^221 /);
  return reply;
}

/** A connection's session, which TLS 1.3 sends behind the handshake. */
async function sessionOf(port: number, options: ConnectionOptions): Promise<Buffer> {
  const client = await starttlsClient(port, options);
  const early = client.tls.getProtocol() === 'TLSv1.3' ? null : client.tls.getSession();
  const session = early ?? ((await nextSession(client)) as Buffer);
  expect(await client.ask('QUIT')).toMatch(/^221 /);
  await client.ended;
  return session;
}

async function nextSession({ tls, ask }: TlsClient): Promise<unknown> {
  const session = once(tls, 'session');
  await ask('NOOP');
  const [octets] = (await within('a ticket', () => '', session)) as [unknown];
  return octets;
}

async function resumes(port: number, session: Buffer, options: ConnectionOptions): Promise<boolean> {
  const client = await starttlsClient(port, { ...options, session });
  const reused = client.tls.isSessionReused();
  expect(await client.ask('NOOP')).toMatch(/^250 /);
  expect(await client.ask('QUIT')).toMatch(/^221 /);
  return reused;
}

const VERSIONS: readonly ConnectionOptions[] = [{ maxVersion: 'TLSv1.2' }, { minVersion: 'TLSv1.3' }];

describe('TLS', () => {
  describeBuilds('as openssl sees it', (build) => {
    beforeAll(() => startAll(build));
    afterAll(stopAll);

    it('TLS 1.2 and 1.3, nothing older', async () => {
      const ports = [listener.port, byProcess.port];
      const refused = ports.flatMap((port) => [[port, '-tls1'] as const, [port, '-tls1_1'] as const]);
      await mapSideBySide(refused, async ([port, version]) => {
        const { exit, output } = await sClient(port, [version, ...ANY_CIPHER]);
        expect(output).toMatch(/alert protocol version/);
        expect(output).toContain('Cipher is (NONE)');
        expect(exit).not.toBe(0);
      });
      const taken = ports.flatMap((port) => [
        [port, '-tls1_2', 'TLSv1.2'] as const,
        [port, '-tls1_3', 'TLSv1.3'] as const,
      ]);
      await mapSideBySide(taken, async ([port, version, name]) => {
        const { exit, output } = await sClient(port, [version]);
        expect(exit, output).toBe(0);
        expect(output).toContain(`New, ${name}, Cipher is `);
        expect(output).toMatch(/^Compression: NONE$/m);
        expect(output).toMatch(/^221 /m);
      });
      const lines = /tls result=failed .*why=.*(version|protocol)/i;
      await listener.untilLog(lines, 2);
      await byProcess.untilErrors(
        (errors) => errors.split('\n').filter((line) => lines.test(line)).length > 1,
      );
    });

    it('old ciphers and compression are not agreed to', async () => {
      const weak = ['NULL:@SECLEVEL=0', 'aNULL:@SECLEVEL=0'];
      await mapSideBySide(weak, async (ciphers) => {
        const { output } = await sClient(listener.port, ['-tls1_2', '-cipher', ciphers]);
        expect(output).toMatch(/Cipher is \(NONE\)/);
        expect(output).toMatch(/alert handshake failure/);
      });
      const { output } = await sClient(listener.port, ['-tls1_2', '-comp', ...ANY_CIPHER]);
      expect(output).toMatch(/^Compression: NONE$/m);
    });

    it('there is no renegotiation', async () => {
      await mapSideBySide([listener.port, byProcess.port], async (port) => {
        const { exit, output } = await sClient(port, ['-tls1_2'], 'R\nNOOP\r\nQUIT\r\n');
        expect(output).toContain('RENEGOTIATING');
        expect(output).toMatch(/no renegotiation/);
        expect(exit).not.toBe(0);
      });
    });

    it('the name a client asks for, and what it can verify, decide which certificate it gets', async () => {
      const onlyRsa = { sigalgs: 'rsa_pss_rsae_sha256:RSA+SHA256' };
      const ways: readonly (readonly [string, ConnectionOptions])[] = [
        ['mx', {}],
        ['mx', { servername: 'mx.example.com' }],
        ['other', { servername: 'mail.example.org' }],
        ['mx', { servername: 'nobody.example' }],
        ['rsa', { servername: 'mx.example.com', ...onlyRsa }],
        ['rsa', { servername: 'mx.example.com', maxVersion: 'TLSv1.2', ...onlyRsa }],
        ['rsa', { maxVersion: 'TLSv1.2', ciphers: 'ECDHE-RSA-AES128-GCM-SHA256' }],
      ];
      await mapSideBySide(ways, async ([name, options]) => {
        const [smtpsPort = 0] = listener.ports.slice(1);
        const some = await Promise.all([
          starttlsClient(listener.port, options),
          starttlsClient(byProcess.port, options),
          smtpsClient(smtpsPort, options),
        ]);
        expect(some.map(nameOf), JSON.stringify(options)).toEqual([name, name, name]);
        for (const client of some) expect(await client.ask('QUIT')).toMatch(/^221 /);
      });
      const rsa = await sClient(listener.port, ['-sigalgs', 'RSA+SHA256', '-tls1_2']);
      expect(rsa.output).toMatch(/^subject=CN = rsa$/m);
      await listener.untilLog(/ tls result=ok .* sni=mail\.example\.org/);
    });

    it('a certificate that is listed is for relaying, and no login', async () => {
      const ways: readonly (readonly [ConnectionOptions, RegExp])[] = [
        [having(clients.listed), /^250 /],
        [{ ...having(clients.listed), maxVersion: 'TLSv1.2' }, /^250 /],
        [having(clients.unlisted), /^55[0-9] /],
        [having(clients.unknown), /^55[0-9] /],
        [{}, /^55[0-9] /],
      ];
      for (const [options, reply] of ways) {
        expect(await isRelay(await starttlsClient(listener.port, options))).toMatch(reply);
        expect(await isRelay(await starttlsClient(byProcess.port, options))).toMatch(reply);
      }
      const client = await starttlsClient(listener.port, having(clients.listed));
      expect(await client.ask('EHLO client.example.net')).toMatch(/\n250[- ]AUTH /);
      expect(await client.ask('AUTH PLAIN AGEAYg==')).toMatch(/^535 /);
      client.leave();
      await listener.untilLog(/ tls result=ok .* subject=.*relay@client\.example\.net/);
    });

    it('sessions are resumed with the same process', async () => {
      await mapSideBySide(VERSIONS, async (options) => {
        const session = await sessionOf(listener.port, options);
        expect(await resumes(listener.port, session, options), JSON.stringify(options)).toBe(true);
      });
      const file = join(world.directory, 'session.pem');
      await sClient(listener.port, ['-tls1_2', '-sess_out', file]);
      const again = await sClient(listener.port, ['-tls1_2', '-sess_in', file]);
      expect(again.output).toMatch(/^Reused, TLSv1\.2, Cipher is /m);
    });

    const others = build.name === 'node' ? 'with other processes' : 'with no other process, which works too';
    it(`sessions are resumed ${others}`, async () => {
      const resumed = build.name === 'node';
      await mapSideBySide(VERSIONS, async (options) => {
        const session = await sessionOf(byProcess.port, options);
        expect(await resumes(byProcess.port, session, options), JSON.stringify(options)).toBe(resumed);
        // And by another server altogether, each of whose workers knows the keys.
        for (let time = 0; time < 3; time += 1) {
          expect(await resumes(workers.port, session, options), JSON.stringify(options)).toBe(resumed);
        }
      });
    });

    it('a client certificate counts in a session that is resumed as well', async () => {
      const options = having(clients.listed);
      const session = await sessionOf(listener.port, options);
      const client = await starttlsClient(listener.port, { ...options, session });
      expect(client.tls.isSessionReused()).toBe(true);
      expect(await isRelay(client)).toMatch(/^250 /);
    });

    it('a client certificate that has been revoked is none, in a session that is resumed as well', async () => {
      const { directory, root } = world;
      const options = having(clients.listed);
      const session = await sessionOf(listener.port, options);
      const isRelayFor = async (port: number, more: ConnectionOptions = {}): Promise<string> =>
        isRelay(await starttlsClient(port, { ...options, ...more }));
      const ports = [listener.port, byProcess.port];
      putList(makeRevocationList(directory, { issuer: root, revoked: [clients.listed] }));
      for (const port of ports) expect(await isRelayFor(port)).toMatch(/^55[0-9] /);
      expect(await isRelayFor(listener.port, { session })).toMatch(/^55[0-9] /);
      putList(makeRevocationList(directory, { issuer: root, revoked: [clients.unlisted] }));
      for (const port of ports) expect(await isRelayFor(port)).toMatch(/^250 /);
      putList('no list\n');
      expect(await isRelayFor(listener.port)).toMatch(/^250 /); // it stays with what it has
      await listener.untilLog(/"what was read before stays in force: .*clientcrl\.pem has no list of/);
      rmSync(world.control('clientcrl.pem'));
    });
  });
});
