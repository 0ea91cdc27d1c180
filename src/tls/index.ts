export type { Certificate } from './certificate.ts';
export { type CertificateFile, readCertificates } from './certificates.ts';
export { chooseCertificate } from './choose-certificate.ts';
export { type Hello, type HelloParsed, parseClientHello } from './client-hello.ts';
export { mayRelay } from './client-names.ts';
export type { ContextParts } from './contexts.ts';
export { readOtherFiles, type TlsFiles } from './files.ts';
export { staleSince } from './revocation.ts';
export { type Loaded, openTlsStore, type StoreOptions, type TlsStore } from './store.ts';
