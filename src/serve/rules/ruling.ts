// What a hook came to → what the session does about it: verdicts with the default reply of their stage (docs/mfl.md, hooks), effects as
// edits and settings. A rule that failed never accepts.

import type { Decision, EnvelopeEdit, Ruling, SettingChanges, Stage } from '../../policy/index.ts';
import type { Effect, Value, Verdict } from '../../rules/index.ts';
import type { Reply } from '../../smtp/index.ts';
import { forReply } from '../../text/index.ts';

interface Defaults {
  readonly reject: readonly [code: number, status: string];
  readonly defer: readonly [code: number, status: string];
}

const usual = (reject: number, defer = 451): Defaults => ({
  reject: [reject, '5.7.1'],
  defer: [defer, '4.7.1'],
});

const DEFAULTS: Readonly<Record<Stage, Defaults>> = {
  connect: { reject: [554, '5.7.1'], defer: [421, '4.7.0'] },
  helo: usual(550, 450),
  // "TLS not available due to temporary reason" is all that STARTTLS can say (RFC 3207 §4).
  starttls: { reject: [454, '4.7.0'], defer: [454, '4.7.0'] },
  tls: usual(554),
  auth: { reject: [535, '5.7.8'], defer: [454, '4.7.0'] },
  mail: usual(550),
  rcpt: usual(550),
  data: usual(554),
  headers: usual(550),
  message: usual(550),
  queued: usual(550),
  vrfy: usual(550, 450),
  unrecognized: { reject: [502, '5.5.1'], defer: [450, '4.5.1'] },
  denied: usual(550),
  disconnect: usual(550),
};

const TEXTS = {
  reject: 'Refused by the policy of this site',
  defer: 'Not now; please try again later',
  drop: 'Closing the connection',
};

/** A reply that a rule wrote, cleaned: one line, printable ASCII. */
function replyOf(code: number, status: string, text: string, close: boolean): Reply {
  const clean = forReply(text.replace(/[\r\n\0]+/g, ' ')).trim();
  return {
    code,
    enhanced: status.slice(status.indexOf('.') + 1) as `${number}.${number}`,
    text: [clean === '' ? '-' : clean],
    ...(close ? { close } : {}),
  };
}

/** @param where "file:line" of the verdict, for the log */
export function decisionOf(verdict: Verdict, stage: Stage, where: string): Decision {
  switch (verdict.verdict) {
    case 'reject':
    case 'defer': {
      const [code, status] = DEFAULTS[stage][verdict.verdict];
      const chosen = verdict.code ?? code;
      const reply = replyOf(
        chosen,
        verdict.status ??
          (Math.trunc(chosen / 100) === Math.trunc(code / 100) ? status : `${Math.trunc(chosen / 100)}.7.1`),
        verdict.text ?? TEXTS[verdict.verdict],
        // After a temporary refusal at the greeting there is nothing to talk about (RFC 5321 §3.1 has no such state).
        stage === 'connect' && chosen < 500,
      );
      return { kind: 'reply', reply, rule: where };
    }
    case 'drop': {
      const code = verdict.code ?? 421;
      const status = verdict.status ?? `${Math.trunc(code / 100)}.7.0`;
      return { kind: 'reply', reply: replyOf(code, status, verdict.text ?? TEXTS.drop, true), rule: where };
    }
    case 'reply':
      return {
        kind: 'reply',
        reply: { code: verdict.code, text: [forReply((verdict.text ?? 'Ok').replace(/[\r\n\0]+/g, ' '))] },
        rule: where,
      };
    case 'discard':
      return { kind: 'discard', why: where };
    case 'quarantine':
      return { kind: 'quarantine', into: verdict.into ?? 'default', why: verdict.text ?? where };
    default:
      return { kind: 'proceed' };
  }
}

/** The effects the session carries out, but for those on the header; the rest is the policy's. */
export function editsOf(effects: readonly Effect[]): Pick<Ruling, 'delay' | 'envelope' | 'settings'> {
  let delay = 0;
  const envelope: EnvelopeEdit[] = [];
  let settings: SettingChanges = {};
  for (const effect of effects) {
    if (effect.effect === 'delay') delay += effect.seconds;
    else if (effect.effect === 'sender') envelope.push({ edit: 'sender', address: effect.address });
    else if (effect.effect === 'rcpt') envelope.push({ edit: `${effect.how}-rcpt`, address: effect.address });
    else if (effect.effect === 'control') settings = { ...settings, ...settingOf(effect.name, effect.value) };
  }
  return {
    ...(delay > 0 ? { delay } : {}),
    ...(envelope.length > 0 ? { envelope } : {}),
    ...(Object.keys(settings).length > 0 ? { settings } : {}),
  };
}

const listOf = (value: Value): readonly string[] =>
  Array.isArray(value) ? value.map(String) : [String(value)];

/** A control that the session itself obeys. */
export function settingOf(name: string, value: Value): SettingChanges {
  switch (name) {
    case 'hostname':
      return { hostName: String(value) };
    case 'greeting':
      return { greetingText: String(value).split(/\r?\n/).map(forReply) };
    case 'max_size':
      return { databytes: Number(value) };
    case 'max_rcpts':
      return { recipients: Number(value) };
    case 'max_errors':
      return { errors: Number(value) };
    case 'max_received':
      return { maxHops: Number(value) };
    case 'timeout':
      return { timeout: Number(value) };
    case 'helo_timeout':
      return { heloTimeout: Number(value) };
    case 'data_timeout':
      return { dataTimeout: Number(value) };
    case 'local_iphost':
      return { localIpHost: String(value) };
    case 'require_tls':
      return { requireTls: value === true };
    case 'require_auth':
      return { requireAuth: value === true };
    case 'tls_cert':
      return { tlsCertificates: listOf(value) };
    case 'tls_key':
      return { tlsKeys: listOf(value) };
    case 'tls_client_ca':
      return { tlsClientCa: String(value) };
    case 'tls_ciphers':
      return { tlsCiphers: String(value) };
    default:
      return {};
  }
}
