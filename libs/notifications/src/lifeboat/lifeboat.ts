import { createSecretKey, type KeyObject } from 'node:crypto';
import { join } from 'node:path';
import type { Lifeboat, LifeboatAlarm, Provisions } from '../port.js';
import { AlarmFile } from './alarm-file.js';
import { seal, unseal } from './box.js';
import { contentOf, type Files, LifeboatUnwritable, machineFiles, replaceFile } from './files.js';

export interface LifeboatOptions {
  /** Beside the data, shared by the processes of one installation. Made with mode 0700 where it is missing. */
  readonly directory: string;
  /** Name of this process: `api`, `worker`; lower-case letters, digits and hyphens. It names its files. */
  readonly process: string;
  /** 32 bytes, the same for all processes of the directory. */
  readonly key: Buffer;
  /** The file system; the machine's own if not given. */
  readonly files?: Files;
}

const NAME = /^[a-z0-9][a-z0-9-]{0,62}$/;
const KEY_BYTES = 32;
/** Raised when the content changes its form: a file of another form is as good as none, and is written anew. */
const FORM = 1;

/** What one process keeps in the lifeboat. */
export interface KeptProvisions {
  /** The process's name. */
  readonly process: string;
  readonly provisions: Provisions;
}

/** What every process keeps, for a check that changes nothing: no file appears. Never throws, like all reading here. */
export function keptProvisions(directory: string, key: Buffer): readonly KeptProvisions[] {
  const lifeboatKey = createSecretKey(key);
  const ending = '.provisions';
  return namesIn(machineFiles, directory).flatMap((file) => {
    const process = file.endsWith(ending) ? file.slice(0, -ending.length) : '';
    const box = NAME.test(process) ? contentOf(machineFiles, join(directory, file)) : null;
    const text = box && unseal(lifeboatKey, bindingOf('provisions', process), box);
    const provisions = provisionsIn(text?.toString('utf8') ?? null);
    return provisions ? [{ process, provisions }] : [];
  });
}

function namesIn(files: Files, directory: string): readonly string[] {
  try {
    return files.readdirSync(directory);
  } catch {
    return [];
  }
}

/**
 * Opens the lifeboat and takes from the disk what its notes will need. A disk that does not give it is no reason to
 * stop: the alarms still go out, and the next note tries again and says so.
 *
 * @throws RangeError for a name or a key that cannot be.
 */
export function openLifeboat(options: LifeboatOptions): Lifeboat {
  if (!NAME.test(options.process)) throw new RangeError('the lifeboat’s process has no usable name');
  if (options.key.length !== KEY_BYTES) throw new RangeError('the lifeboat’s key is not 32 bytes long');
  return new FileLifeboat(
    options.directory,
    options.process,
    createSecretKey(options.key),
    options.files ?? machineFiles,
  );
}

class FileLifeboat implements Lifeboat {
  private readonly file: AlarmFile;
  /** What this process wants to be remembered, written or not. */
  private own: readonly LifeboatAlarm[];
  /** Nothing of it is in memory only: what the file says is the whole truth. */
  private written = true;
  /** Kept in memory too: the disk may be what fails. */
  private stocked: Provisions | null;

  constructor(
    private readonly directory: string,
    private readonly process: string,
    private readonly key: KeyObject,
    private readonly files: Files,
  ) {
    this.file = this.alarmsOf(process);
    this.own = alarmsIn(this.file.read());
    this.stocked = provisionsIn(this.provisionsOf(process));
    try {
      files.mkdirSync(directory, { recursive: true, mode: 0o700 });
      this.file.prepare();
    } catch {
      // Said by `note`, where it matters.
    }
  }

  provisions(): Provisions | null {
    if (this.stocked) return this.stocked;
    for (const sibling of this.siblings('.provisions')) {
      const provisions = provisionsIn(this.provisionsOf(sibling));
      if (provisions) return provisions;
    }
    return null;
  }

  stock(provisions: Provisions): void {
    this.stocked = provisions;
    const text = JSON.stringify({ form: FORM, provisions });
    if (this.provisionsOf(this.process) === text) return;
    const box = seal(this.key, bindingOf('provisions', this.process), Buffer.from(text));
    try {
      this.files.mkdirSync(this.directory, { recursive: true, mode: 0o700 });
      replaceFile(this.files, this.pathOf(this.process, 'provisions'), box);
    } catch (cause) {
      throw new LifeboatUnwritable('the lifeboat’s provisions cannot be written', { cause });
    }
  }

  alarms(): readonly LifeboatAlarm[] {
    const others = this.siblings('.alarms').flatMap((sibling) => alarmsIn(this.alarmsOf(sibling).read()));
    this.readOn();
    return [...this.own, ...others];
  }

  note(alarm: LifeboatAlarm): void {
    this.readOn();
    const known = this.own.some(({ incident }) => incident === alarm.incident);
    this.own = known
      ? this.own.map((one) => (one.incident === alarm.incident ? alarm : one))
      : [...this.own, alarm];
    this.save();
  }

  forget(incident: string): void {
    this.readOn();
    if (!this.own.some((one) => one.incident === incident)) return;
    this.own = this.own.filter((one) => one.incident !== incident);
    // A crash before this line, or an error in it: it is recorded once more, which changes nothing, and forgotten then.
    this.save();
  }

  /** Another process of this name may have been at work since: of two workers the one that was active before. */
  private readOn(): void {
    const text = this.written ? this.file.read() : null;
    if (text !== null) this.own = alarmsIn(text);
  }

  private save(): void {
    this.written = false;
    try {
      this.files.mkdirSync(this.directory, { recursive: true, mode: 0o700 });
    } catch {
      // Said by the file, which then cannot be there either.
    }
    this.file.write(JSON.stringify({ form: FORM, alarms: this.own }));
    this.written = true;
  }

  /** The names of the other processes that have such a file, the one that wrote last first. */
  private siblings(ending: '.alarms' | '.provisions'): readonly string[] {
    try {
      return this.files
        .readdirSync(this.directory)
        .filter((file) => file.endsWith(ending))
        .map((file) => file.slice(0, -ending.length))
        .filter((name) => NAME.test(name) && name !== this.process)
        .map((name) => ({ name, written: this.writtenAt(name + ending) }))
        .sort((a, b) => b.written - a.written)
        .map(({ name }) => name);
    } catch {
      return [];
    }
  }

  /** Modification time of a file in milliseconds; before all others where it went away meanwhile. */
  private writtenAt(file: string): number {
    return this.files.statSync(join(this.directory, file), { throwIfNoEntry: false })?.mtimeMs ?? 0;
  }

  private pathOf(process: string, what: 'alarms' | 'provisions'): string {
    return join(this.directory, `${process}.${what}`);
  }

  private alarmsOf(process: string): AlarmFile {
    return new AlarmFile(this.pathOf(process, 'alarms'), bindingOf('alarms', process), this.key, this.files);
  }

  private provisionsOf(process: string): string | null {
    const box = contentOf(this.files, this.pathOf(process, 'provisions'));
    return (box && unseal(this.key, bindingOf('provisions', process), box)?.toString('utf8')) ?? null;
  }
}

const bindingOf = (what: 'alarms' | 'provisions', process: string): string =>
  `kiroku/lifeboat/${what}/${process}`;

interface Content {
  readonly form: number;
  readonly alarms?: readonly LifeboatAlarm[];
  readonly provisions?: Provisions;
}

/** What opened under our key was written by us; only its form can be another version's. */
function contentIn(text: string | null): Content | null {
  const content = text === null ? null : (JSON.parse(text) as Content);
  return content?.form === FORM ? content : null;
}
const alarmsIn = (text: string | null): readonly LifeboatAlarm[] => contentIn(text)?.alarms ?? [];
const provisionsIn = (text: string | null): Provisions | null => contentIn(text)?.provisions ?? null;
