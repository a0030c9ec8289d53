import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { mkdtempSync, readFileSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { madeOtherwise, makeVerifier, pinFits } from '../pin-verifier.js';
import { type CredentialStore, openCredentials, pepperedPin } from './credentials.js';

describe('PIN verifiers', () => {
  let directory: string;
  let file: string;
  let credentials: CredentialStore;
  const pepper = Buffer.alloc(32, 7);

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'kiroku-credentials-'));
    file = join(directory, 'credentials.db');
    credentials = openCredentials({ file, pepper });
  });
  afterEach(() => {
    credentials.close();
    rmSync(directory, { recursive: true });
  });

  const stored = (operator: string): string => {
    const reader = new Database(file, { readonly: true });
    try {
      return reader
        .prepare('SELECT verifier FROM verifiers WHERE operator = ?')
        .pluck()
        .get(operator) as string;
    } finally {
      reader.close();
    }
  };
  const onDisk = (): Buffer =>
    Buffer.concat(readdirSync(directory).map((name) => readFileSync(join(directory, name))));

  it('accept the PIN they were made of and no other', async () => {
    await credentials.set('op-1', '482913');
    expect(await credentials.verify('op-1', '482913')).toBe(true);
    expect(await credentials.verify('op-1', '482914')).toBe(false);
    expect(await credentials.verify('op-1', '')).toBe(false);
  });

  it('accept nothing for an operator who has none', async () => {
    expect(await credentials.verify('nobody', '482913')).toBe(false);
    expect(await credentials.verify('nobody', '\u0000')).toBe(false);
  });

  it('are replaced by a new PIN', async () => {
    await credentials.set('op-1', '482913');
    await credentials.set('op-1', '775201');
    expect(await credentials.verify('op-1', '482913')).toBe(false);
    expect(await credentials.verify('op-1', '775201')).toBe(true);
  });

  it('of one operator never serve another', async () => {
    await credentials.set('op-1', '482913');
    await credentials.set('op-2', '775201');
    expect(await credentials.verify('op-2', '482913')).toBe(false);
  });

  it('serve nobody else when somebody copies the row', async () => {
    await credentials.set('op-1', '482913');
    const writer = new Database(file);
    writer.prepare('INSERT INTO verifiers (operator, verifier) VALUES (?, ?)').run('op-2', stored('op-1'));
    writer.close();
    expect(await credentials.verify('op-2', '482913')).toBe(false);
  });

  it('made without the pepper, by somebody who can write the file, let nobody in', async () => {
    const forged = await makeVerifier('482913');
    const writer = new Database(file);
    writer.prepare('INSERT INTO verifiers (operator, verifier) VALUES (?, ?)').run('op-1', forged);
    writer.close();
    expect(await credentials.verify('op-1', '482913')).toBe(false);
  });

  it('are argon2id with 19 MiB, two passes and a salt of their own', async () => {
    await credentials.set('op-1', '482913');
    await credentials.set('op-2', '482913');
    const [one, other] = [stored('op-1'), stored('op-2')];
    expect(one).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$/);
    expect(one).not.toBe(other);
  });

  it('leave the disk when they are replaced', async () => {
    await credentials.set('op-1', '482913');
    const old = stored('op-1');
    expect(onDisk().includes(old)).toBe(true);
    await credentials.set('op-1', '775201');
    expect(onDisk().includes(old)).toBe(false);
  });

  it('made at a lower cost still serve, and are made anew when next used', async () => {
    const cheap = await makeVerifier(pepperedPin(pepper, 'op-1', '482913'), {
      memory: 1024,
      passes: 1,
      lanes: 1,
    });
    const writer = new Database(file);
    writer.prepare('INSERT INTO verifiers (operator, verifier) VALUES (?, ?)').run('op-1', cheap);
    writer.close();
    expect(await credentials.verify('op-1', '482914')).toBe(false);
    expect(stored('op-1')).toBe(cheap);
    expect(await credentials.verify('op-1', '482913')).toBe(true);
    expect(madeOtherwise(stored('op-1'))).toBe(false);
    expect(await credentials.verify('op-1', '482913')).toBe(true);
  });

  it('agree with a vector of the reference implementation (phc-winner-argon2)', async () => {
    const verifier = '$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc';
    expect(await pinFits('password', verifier)).toBe(true);
    expect(await pinFits('Password', verifier)).toBe(false);
  });

  it('that are no verifiers are an error, never a yes or a no', async () => {
    const writer = new Database(file);
    writer.prepare('INSERT INTO verifiers (operator, verifier) VALUES (?, ?)').run('op-1', '482913');
    writer.close();
    await expect(credentials.verify('op-1', '482913')).rejects.toThrow(/not in the PHC format/);
  });

  it('live in a file that its owner alone can read', () => {
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });
});
