import 'reflect-metadata';
import { runProcess } from '#wiring';
import { startWorker } from './start-worker.js';

await runProcess('worker', async (configuration, onFatal) => {
  const worker = await startWorker(configuration, onFatal);
  process.stdout.write('retention-worker started\n');
  return () => worker.close();
});
