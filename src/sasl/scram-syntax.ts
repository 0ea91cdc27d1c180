// The two messages of a SCRAM client, taken apart (RFC 5802 §7), without any judgement about them. Octets beyond
// ASCII are taken as they come, UTF-8 or not. Anything that is not in the grammar, or over a bound, is null; so is
// a mandatory extension (m=), of which there are none. Other extensions are ignored, as §5.1 asks.

import { fromBase64 } from './base64.ts';
import { isUser } from './dialogue.ts';
import { DIGEST_OCTETS } from './hmac.ts';

/** Octets of a message of a client. */
export const SCRAM_MESSAGE_OCTETS = 4096;

/** Octets of a client's nonce. */
export const CLIENT_NONCE_OCTETS = 256;

export interface ClientFirst {
  /** The GS2 header as sent, with the comma at its end. */
  readonly header: string;
  /** 'n': the client cannot bind to a channel. 'y': it can, and thinks the server cannot. 'p': it does. */
  readonly binds: 'n' | 'y' | 'p';
  /** The type of binding, with 'p' only; otherwise ''. */
  readonly bindingType: string;
  /** '' when there is none. */
  readonly authzid: string;
  readonly user: string;
  readonly nonce: string;
  /** Everything behind the header. */
  readonly bare: string;
}

export interface ClientFinal {
  /** The value of c=, decoded: GS2 header and channel binding data. */
  readonly binding: string;
  readonly nonce: string;
  /** DIGEST_OCTETS of them. */
  readonly proof: string;
  readonly withoutProof: string;
}

const HEADER = /^(?:([ny])|p=([A-Za-z0-9.-]+)),(?:a=([^,]+))?,/;

export function parseClientFirst(message: string): ClientFirst | null {
  const found = isBounded(message) ? HEADER.exec(message) : null;
  if (found === null) return null;
  const [header, flag, bindingType = '', rawAuthzid] = found;
  const bare = message.slice(header.length);
  const [name = '', nonceField = '', ...extensions] = bare.split(',');
  const authzid = rawAuthzid === undefined ? '' : decodeName(rawAuthzid);
  const user = decodeName(attributeOf('n', name) ?? '');
  const nonce = attributeOf('r', nonceField);
  if (authzid === null || user === null || nonce === null || !extensions.every(isIgnorable)) return null;
  if (!isNonce(nonce) || nonce.length > CLIENT_NONCE_OCTETS) return null;
  return {
    header,
    binds: flag === 'n' || flag === 'y' ? flag : 'p',
    bindingType,
    authzid,
    user,
    nonce,
    bare,
  };
}

export function parseClientFinal(message: string): ClientFinal | null {
  if (!isBounded(message)) return null;
  const fields = message.split(',');
  const [channel = '', nonceField = '', ...extensions] = fields.slice(0, -1);
  const proofField = fields.at(-1) ?? '';
  const binding = fromBase64(attributeOf('c', channel) ?? '');
  const nonce = attributeOf('r', nonceField);
  const proof = fromBase64(attributeOf('p', proofField) ?? '');
  if (!binding || nonce === null || !isNonce(nonce) || proof?.length !== DIGEST_OCTETS) return null;
  if (!extensions.every(isIgnorable)) return null;
  return { binding, nonce, proof, withoutProof: message.slice(0, -proofField.length - 1) };
}

function isBounded(message: string): boolean {
  return message.length <= SCRAM_MESSAGE_OCTETS && !message.includes('\0');
}

function attributeOf(attribute: string, field: string): string | null {
  return field.startsWith(`${attribute}=`) ? field.slice(2) : null;
}

/** "=2C" is a comma and "=3D" an equals sign; with any other equals sign the name is none (§5.1). */
function decodeName(text: string): string | null {
  if (/=(?!2C|3D)/.test(text)) return null;
  const name = text.replaceAll('=2C', ',').replaceAll('=3D', '=');
  return isUser(name) ? name : null;
}

function isNonce(text: string): boolean {
  return /^[\x21-\x2b\x2d-\x7e]+$/.test(text);
}

// An attribute that RFC 5802 knows is out of its place here.
function isIgnorable(field: string): boolean {
  return /^[A-Za-z]=./s.test(field) && !/^[aceimnprsv]/.test(field);
}
