import { createHash } from 'node:crypto';
import { lstatSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join, resolve } from 'node:path';
import { type Lifeboat, type LifeboatOptions, openLifeboat } from '#notifications';

/**
 * Where the lifeboat's notes go when its own place takes none: below the machine's directory for temporary files, which
 * is another file system than the data more often than not. The notes are sealed there as well; a directory that belongs
 * to somebody else is left alone.
 */
export function spareOf(lifeboat: LifeboatOptions): (make: boolean) => Lifeboat | null {
  const name = createHash('sha256').update(resolve(lifeboat.directory)).digest('hex').slice(0, 16);
  const directory = join(tmpdir(), `kiroku-lifeboat-${name}`);
  let opened: Lifeboat | null = null;
  return (make) => {
    const there = lstatSync(directory, { throwIfNoEntry: false });
    if (there ? !there.isDirectory() || there.uid !== userInfo().uid : !make) return null;
    opened ??= openLifeboat({ ...lifeboat, directory });
    return opened;
  };
}
