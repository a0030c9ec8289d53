import {
  type Configuration,
  ConfigurationFaults,
  type ProcessRole,
  readConfiguration,
} from './configuration.js';
import type { OnFatal } from './rooms.js';

/** Exit codes of sysexits.h: what a supervisor may retry, and what a person must mend. */
const EX_CONFIG = 78;
const EX_SOFTWARE = 70;

/** Signals this soon after the first are echoes of it, in milliseconds. */
const PATIENCE_MS = 2_000;

/**
 * Runs one process: reads the configuration, starts, stops gracefully at SIGTERM and SIGINT, and ends at once when
 * the store cannot commit any more (decision 5: what was acknowledged is on disk; a restart finds it).
 */
export async function runProcess(
  role: ProcessRole,
  start: (configuration: Configuration, onFatal: OnFatal) => Promise<() => Promise<unknown>>,
): Promise<void> {
  const onFatal: OnFatal = ({ cause }) => {
    // The code says which: SQLITE_FULL, SQLITE_IOERR… A message could quote what was written.
    const code = (cause as { code?: string } | undefined)?.code ?? 'unknown';
    process.stderr.write(
      `記録を書き込めません。終了します。 The event store cannot commit any more (${code}); this process ends.\n`,
    );
    process.exit(EX_SOFTWARE);
  };
  process.on('unhandledRejection', (error) => {
    process.stderr.write(`${(error as Error | null)?.name ?? 'error'}: unhandled; this process ends\n`);
    process.exit(EX_SOFTWARE);
  });
  try {
    const stop = await start(readConfiguration(process.env, role), onFatal);
    let asked: number | null = null;
    for (const signal of ['SIGTERM', 'SIGINT'] as const) {
      process.on(signal, () => {
        // One Ctrl-C arrives more than once, from the terminal and from whoever started this process. Only a signal
        // after a while means that somebody has waited long enough.
        if (asked !== null && performance.now() - asked > PATIENCE_MS) process.exit(EX_SOFTWARE);
        if (asked !== null) return;
        asked = performance.now();
        void stop().then(
          () => process.exit(0),
          () => process.exit(EX_SOFTWARE),
        );
      });
    }
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n`);
    process.exit(isConfiguration(error) ? EX_CONFIG : EX_SOFTWARE);
  }
}

/** Starting again will not mend these; a person must. By name: the rooms' classes stay in their rooms. */
const isConfiguration = (error: unknown): boolean =>
  error instanceof ConfigurationFaults ||
  [
    'RegistryMisconfigured',
    'ClockRefused',
    'SchemaTooNew',
    'LogSchemaTooNew',
    'OperationsSchemaTooNew',
  ].includes((error as Error).name);
