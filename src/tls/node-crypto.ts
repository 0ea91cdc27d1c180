// node:crypto, loaded by whoever needs something of it first. On Bun that costs a process more than a handshake does,
// and one that has a plain certificate (see plain-certificate.ts) and starts TLS once needs nothing of it.

export const nodeCrypto = (): typeof import('node:crypto') => process.getBuiltinModule('node:crypto');
