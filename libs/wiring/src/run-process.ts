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
    let stopping = false;
    for (const signal of ['SIGTERM', 'SIGINT'] as const) {
      process.on(signal, () => {
        // A second signal does not wait: whoever sends it has waited long enough.
        if (stopping) process.exit(EX_SOFTWARE);
        stopping = true;
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
