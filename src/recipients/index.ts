export { localAddresses } from './local-address.ts';
export { rcptHosts } from './rcpthosts.ts';
