import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { collectDefaultMetrics, Gauge, Histogram, Registry as Metrics } from 'prom-client';
import { feedWaitedMs } from '#application';
import type { Rooms } from '#wiring';
import { alarmProgress } from '../incidents/alarm-progress.js';

/** What is measured: route patterns, statuses and lags; no label can hold anything that a person typed. */
export class ApiMetrics {
  readonly metrics = new Metrics();
  private readonly requests: Histogram<'method' | 'route' | 'status'>;
  /** Asked when somebody reads the metrics. */
  readonly gauges: readonly Gauge[];

  constructor(rooms: Rooms) {
    collectDefaultMetrics({ register: this.metrics });
    const { metrics } = this;
    this.requests = new Histogram({
      name: 'kiroku_http_request_seconds',
      help: 'Time from a request to its answer.',
      labelNames: ['method', 'route', 'status'],
      buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10],
      registers: [metrics],
    });
    const { agreement } = rooms.configuration;
    this.gauges = [
      new Gauge({
        name: 'kiroku_log_lag_seconds',
        help: 'Age of the oldest event that is not in the log.',
        registers: [metrics],
        async collect() {
          this.set((await rooms.logHealth.lagMs()) / 1_000);
        },
      }),
      new Gauge({
        name: 'kiroku_log_uncosigned_seconds',
        help: 'Age of the oldest entry of the log that a witness has not cosigned; 0 without witnesses.',
        registers: [metrics],
        collect() {
          this.set(rooms.cosignedAge.ageMs() / 1_000);
        },
      }),
      new Gauge({
        name: 'kiroku_feed_waiting_seconds',
        help: 'How long the feed has been waiting for the SIEM to take events; 0 without a feed.',
        registers: [metrics],
        collect() {
          this.set(feedWaitedMs(rooms.marks, rooms.clock) / 1_000);
        },
      }),
      new Gauge({
        name: 'kiroku_key_epoch',
        help: 'Epoch of the root key.',
        registers: [metrics],
        async collect() {
          this.set((await rooms.vault.epochs()).current);
        },
      }),
      new Gauge({
        name: 'kiroku_incidents_open',
        help: 'Incidents that are not closed.',
        registers: [metrics],
        collect() {
          this.set(alarmProgress(rooms.marks).open.length);
        },
      }),
      new Gauge({
        name: 'kiroku_alerts_unreached',
        help: 'Alerts of open incidents that no channel took and nobody acknowledged, as far as the read models have read.',
        registers: [metrics],
        async collect() {
          this.set(await rooms.queries.alertsUnreached(agreement));
        },
      }),
    ];
  }

  observe(method: string, route: string, status: number, ms: number): void {
    this.requests.observe({ method, route, status: String(status) }, ms / 1_000);
  }
}

/** Serves /metrics on a listener of its own, on the loopback interface only. */
export async function serveMetrics(
  { metrics }: ApiMetrics,
  port: number,
): Promise<{ port: number; close(): Promise<void> }> {
  const server: Server = createServer((request, response) => {
    if (request.method !== 'GET' || request.url !== '/metrics') {
      response.writeHead(404).end();
      return;
    }
    metrics.metrics().then(
      (text) => response.writeHead(200, { 'content-type': metrics.contentType }).end(text),
      () => response.writeHead(500).end(),
    );
  });
  await new Promise<void>((resolve, reject) =>
    server.once('error', reject).listen(port, '127.0.0.1', resolve),
  );
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
