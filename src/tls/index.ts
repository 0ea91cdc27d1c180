export {
  type Certificate,
  type CertificateFile,
  chooseCertificate,
  readCertificates,
} from './certificates.ts';
export { type Hello, type HelloParsed, parseClientHello } from './client-hello.ts';
export { mayRelay } from './client-names.ts';
export { type ContextParts, type Loaded, openTlsStore, type TlsFiles, type TlsStore } from './store.ts';
