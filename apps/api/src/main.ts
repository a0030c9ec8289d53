import 'reflect-metadata';
import { runProcess } from '#wiring';
import { startApi } from './start-api.js';

await runProcess('api', async (configuration, onFatal) => {
  const api = await startApi(configuration, onFatal);
  process.stdout.write(`api listening on ${api.url}, metrics on ${api.metricsUrl}\n`);
  return () => api.close();
});
