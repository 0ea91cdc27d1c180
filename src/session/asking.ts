// Asking the policy at a stage, between check and proceed: where it has nothing to say the session goes on at once, without a
// promise; else what was decided is carried out here, in one place for all stages.

import type { Facts, MessageFacts, Ruling, SettingChanges, Stage } from '../policy/index.ts';
import type { TlsFiles } from '../tls/index.ts';
import type { SessionConfig } from './config.ts';
import type { Answer, SessionState } from './state.ts';

export interface Question {
  readonly stage: Stage;
  /** Host name, sender, recipient, verb: what the stage is about. */
  readonly subject: string;
  readonly rest?: string;
  readonly message?: MessageFacts;
  readonly denied?: NonNullable<Facts['denied']>;
}

/** How to go on when nobody objects, and what else has to be done about a refusal or something to be forgotten. */
export interface Course {
  readonly proceed: () => Answer | Promise<Answer>;
  readonly discard?: () => Answer;
  readonly refused?: () => void;
}

export function ask(session: SessionState, question: Question, course: Course): Answer | Promise<Answer> {
  if (!session.config.policy.speaksAt(question.stage)) return course.proceed();
  const ruling = consult(session, question);
  return 'then' in ruling
    ? ruling.then((made) => obeyRuling(session, made, course))
    : obeyRuling(session, ruling, course);
}

/** Only asks; envelope edits and settings are in force afterwards. */
export function consult(session: SessionState, question: Question): Ruling | Promise<Ruling> {
  const ruling = session.config.policy.ask(question.stage, factsOf(session, question));
  const { stage } = question;
  return 'then' in ruling
    ? ruling.then((made) => enforce(session, stage, made))
    : enforce(session, stage, ruling);
}

function obeyRuling(session: SessionState, ruling: Ruling, course: Course): Answer | Promise<Answer> {
  const { decision, delay = 0 } = ruling;
  if (delay > 0) {
    return session.services.sleep(delay).then(() => obeyRuling(session, { ...ruling, delay: 0 }, course));
  }
  switch (decision.kind) {
    case 'refuse':
      course.refused?.();
      return decision.rule;
    case 'reply':
      if (decision.reply.code >= 400) course.refused?.();
      return decision;
    case 'discard':
      return course.discard ? course.discard() : course.proceed();
    default:
      return course.proceed();
  }
}

function enforce(session: SessionState, stage: Stage, ruling: Ruling): Ruling {
  if (ruling.settings) {
    session.config = withSettings(session.config, ruling.settings);
    // What is set while a transaction is open ends with it, but for HELO, which only forgets the one before.
    if (!session.transaction || stage === 'helo') session.base = withSettings(session.base, ruling.settings);
  }
  const { transaction } = session;
  for (const edit of ruling.envelope ?? []) {
    if (!transaction) continue;
    if (edit.edit === 'sender') transaction.reversePath = edit.address;
    else if (edit.edit === 'add-rcpt') transaction.recipients.push(edit.address);
    else if (edit.edit === 'set-rcpt') transaction.replacement = edit.address;
    else transaction.recipients = transaction.recipients.filter((recipient) => recipient !== edit.address);
  }
  return ruling;
}

/** The configuration with a ruling's settings in it. */
export function withSettings(config: SessionConfig, changes: SettingChanges): SessionConfig {
  const { timeout, heloTimeout, dataTimeout, recipients, errors, maxHops, ...others } = changes;
  const { tlsCertificates, tlsKeys, tlsClientCa, tlsCiphers, ...plain } = others;
  return {
    ...config,
    ...plain,
    tls: withTlsFiles(config.tls, changes),
    timeouts: {
      helo: heloTimeout ?? timeout ?? config.timeouts.helo,
      command: timeout ?? config.timeouts.command,
      data: dataTimeout ?? timeout ?? config.timeouts.data,
    },
    limits: {
      ...config.limits,
      recipients: recipients ?? config.limits.recipients,
      errors: errors ?? config.limits.errors,
      hops: maxHops ?? config.limits.hops,
    },
  };
}

/** For TLS that is spoken by others, and for rules that name certificates where control/ has none. */
export const NO_TLS_FILES: TlsFiles = {
  certificates: [],
  clientCa: null,
  clientCrl: null,
  ciphersFile: null,
  ciphers: null,
  clientsFile: null,
  ticketKeys: null,
};

function withTlsFiles(files: TlsFiles | null, changes: SettingChanges): TlsFiles | null {
  const { tlsCertificates, tlsKeys = [], tlsClientCa, tlsCiphers } = changes;
  const certificates = tlsCertificates?.map((cert, at) => ({ cert, key: tlsKeys[at] || null }));
  const base = certificates === undefined ? files : { ...(files ?? NO_TLS_FILES), certificates };
  if (base === null) return null;
  return { ...base, clientCa: tlsClientCa ?? base.clientCa, ciphers: tlsCiphers ?? base.ciphers };
}

/** The settings in force, as a policy knows them. */
export function settingsIn({
  hostName,
  databytes,
  limits,
  timeouts,
  localIpHost,
  requireTls,
  requireAuth,
}: SessionConfig): Facts['settings'] {
  return {
    hostName,
    databytes,
    recipients: limits.recipients,
    errors: limits.errors,
    maxHops: limits.hops,
    timeout: timeouts.command,
    heloTimeout: timeouts.helo,
    dataTimeout: timeouts.data,
    localIpHost: localIpHost ?? '',
    requireTls,
    requireAuth,
  };
}

/** By login or certificate. */
function mayRelay({ auth, tls }: SessionState): boolean {
  return auth.user !== null || tls?.mayRelay === true;
}

function factsOf(session: SessionState, { subject, rest, message, denied }: Question): Facts {
  const { transaction, config } = session;
  return {
    // Few ask for it, and every recipient comes this way.
    get settings() {
      return settingsIn(config);
    },
    started: session.started,
    now: session.services.clock(),
    helo: session.helo,
    tls: session.tls?.facts ?? null,
    auth: { ...session.auth, user: session.auth.user ?? '', ok: session.auth.user !== null },
    mayRelay: mayRelay(session),
    transaction,
    messages: session.messages,
    commands: session.commands,
    errors: session.errors,
    refusedRecipients: session.refusedRecipients,
    subject,
    message: message ?? null,
    rest,
    denied,
  };
}
