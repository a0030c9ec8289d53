import { faultOfError } from '#application';
import {
  type Configuration,
  ConfigurationFaults,
  type ProcessRole,
  readConfiguration,
} from './configuration.js';
import { soundBeforeTheEnd, soundedText } from './lifeboat.js';
import type { OnFatal } from './rooms.js';

/** Exit codes of sysexits.h: what a supervisor may retry, and what a person must mend. */
const EX_CONFIG = 78;
const EX_SOFTWARE = 70;

/** Signals this soon after the first are echoes of it, in milliseconds. */
const PATIENCE_MS = 2_000;

/** The names under which the processes open their rooms. */
const nameOf: Readonly<Record<ProcessRole, string>> = { api: 'api', worker: 'retention-worker', cli: 'cli' };

/**
 * Runs one process: reads the configuration, starts, stops gracefully at SIGTERM and SIGINT, and ends by itself when
 * the store cannot commit any more (decision 5: what was acknowledged is on disk; a restart finds it).
 *
 * A process that ends because something failed tells the contacts first, from its lifeboat (decision 21): twenty seconds
 * at most, in which it can record nothing and answers nothing but errors.
 */
export async function runProcess(
  role: ProcessRole,
  start: (configuration: Configuration, onFatal: OnFatal) => Promise<() => Promise<unknown>>,
): Promise<void> {
  let configuration: Configuration | null = null;
  let ending = false;
  /** Only the first reason counts; with `error` the contacts hear of it. */
  const end = async (code: number, text: string, error?: unknown): Promise<void> => {
    if (ending) return;
    ending = true;
    process.stderr.write(text);
    if (configuration && error !== undefined) {
      process.stderr.write(soundedText(await soundBeforeTheEnd(configuration, nameOf[role], error)));
    }
    process.exit(code);
  };
  const onFatal: OnFatal = (error) => {
    // The code says which: SQLITE_FULL, SQLITE_IOERR… A message could quote what was written.
    const code = (error.cause as { code?: string } | undefined)?.code ?? 'unknown';
    void end(
      EX_SOFTWARE,
      `記録を書き込めません。終了します。 The event store cannot commit any more (${code}); this process ends.\n`,
      error,
    );
  };
  process.on('unhandledRejection', (error) => {
    const text = `${(error as Error | null)?.name ?? 'error'}: unhandled; this process ends\n`;
    // A mistake of this program: the supervisor starts it again, and whoever watches sees if that does not help.
    void end(EX_SOFTWARE, text, faultOfError(error) === 'duty-failing' ? undefined : error);
  });
  try {
    configuration = readConfiguration(process.env, role);
    const stop = await start(configuration, onFatal);
    let asked: number | null = null;
    for (const signal of ['SIGTERM', 'SIGINT'] as const) {
      process.on(signal, () => {
        // One Ctrl-C arrives more than once, from the terminal and from whoever started this process. Only a signal
        // after a while means that somebody has waited long enough.
        if (asked !== null && performance.now() - asked > PATIENCE_MS) process.exit(EX_SOFTWARE);
        if (asked !== null || ending) return;
        asked = performance.now();
        void stop().then(
          () => ending || process.exit(0),
          () => ending || process.exit(EX_SOFTWARE),
        );
      });
    }
  } catch (error) {
    const text = `${(error as Error).message}\n`;
    await end(
      isConfiguration(error) ? EX_CONFIG : EX_SOFTWARE,
      text,
      isForWhoeverStartsIt(error) ? undefined : error,
    );
  }
}

/** Starting again will not mend these; a person must. By name: the rooms' classes stay in their rooms. */
const isConfiguration = (error: unknown): boolean =>
  error instanceof ConfigurationFaults ||
  [
    'AlertKeyDamaged',
    'RegistryMisconfigured',
    'ClockRefused',
    'SchemaTooNew',
    'LogSchemaTooNew',
    'OperationsSchemaTooNew',
  ].includes((error as Error).name);

/** What somebody at the keyboard has just done: a wrong setting, or a port that another process listens on. */
const isForWhoeverStartsIt = (error: unknown): boolean =>
  isConfiguration(error) || (error as NodeJS.ErrnoException).syscall === 'listen';
