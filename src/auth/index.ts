export { type PasswordSource, passwordSourceIn } from './source.ts';

/** The door to whoever checks them. */
export const loadAuthenticator = () => import('./authenticator.ts');
