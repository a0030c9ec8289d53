export * from './port.js';
export { openVault, type VaultOptions } from './vault.js';
export { readAppendKey } from './append-key.js';
