/**
 * `registry-simulator`: the provider's stand-in as a process of its own (settings: configuration.ts). One line on
 * stdout when it listens; what happens goes to stderr as JSON lines without personal data. SIGTERM and SIGINT stop it.
 */
import { pino } from 'pino';
import { readConfiguration, SimulatorMisconfigured } from './configuration.js';
import { startSimulator } from './simulator.js';

async function main(): Promise<void> {
  const log = pino({ name: 'registry-simulator', base: null }, pino.destination({ fd: 2, sync: true }));
  const options = await readConfiguration(process.env);
  const simulator = await startSimulator({ ...options, log: (event) => log.info(event) });
  const stop = (): void => void simulator.stop();
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
  process.stdout.write(`registry-simulator listening on ${simulator.url}\n`);
}

try {
  await main();
} catch (error) {
  // A taken port says EADDRINUSE and nothing of ours; a bad setting says what to do about it.
  const reason =
    error instanceof SimulatorMisconfigured ? error.message : (error as NodeJS.ErrnoException).code;
  process.stderr.write(`${reason ?? 'the registry simulator could not start'}\n`);
  process.exitCode = 1;
}
