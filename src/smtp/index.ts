export { type Command, parseCommand } from './command.ts';
export { type DataDecoder, type Decoded, dataDecoder } from './data.ts';
export { DOMAIN_OCTETS, isAddressLiteral, isDomain, isHeloName } from './domain.ts';
export { LineReader, TOO_LONG } from './lines.ts';
export { decodeXtext, type Parameters, parseParameters } from './params.ts';
export { PATH_OCTETS, type ParsedPath, parsePath } from './path.ts';
export { qmailAddress } from './qmail-address.ts';
export { type Reply, type ReplyDialect, renderReply, statusOf } from './reply.ts';
