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
  const onFatal: OnFatal = () => {
    process.stderr.write('the event store cannot commit any more; this process ends\n');
    process.exit(EX_SOFTWARE);
  };
  try {
    const stop = await start(readConfiguration(process.env, role), onFatal);
    let stopping = false;
    for (const signal of ['SIGTERM', 'SIGINT'] as const) {
      process.on(signal, () => {
        if (stopping) return;
        stopping = true;
        void stop().then(
          () => process.exit(0),
          () => process.exit(EX_SOFTWARE),
        );
      });
    }
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n`);
    process.exit(error instanceof ConfigurationFaults ? EX_CONFIG : EX_SOFTWARE);
  }
}
