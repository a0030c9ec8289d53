export * from './port.js';
export { openVault, type VaultOptions } from './vault.js';
