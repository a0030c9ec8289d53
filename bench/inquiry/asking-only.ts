/**
 * The floor of an inquiry: the very same server (adapter, TLS, hooks, guard, DTOs, controller), making the same call
 * to the provider, and storing nothing. Only the use case is another one.
 */
import 'reflect-metadata';
import { Inquiries, type InquiryCommand, type InquiryResult } from '#application';
import { readQuestion } from '#domain';
import type { Registry } from '#registry';
import { registryOf, runProcess } from '#wiring';
import { startApi } from '../../apps/api/src/start-api.js';

const DEADLINE_MS = 10_000;

async function askOnly(
  registry: Registry,
  agreement: string,
  { inquiry, purpose, question: asked }: InquiryCommand,
): Promise<InquiryResult> {
  const read = readQuestion(asked);
  if ('refusals' in read) throw new Error('the bench asks well-formed questions only');
  const answer = await registry.ask({
    inquiry,
    agreement,
    purpose,
    question: read.question,
    deadline: Date.now() + DEADLINE_MS,
  });
  return {
    inquiry,
    outcome: answer.outcome,
    records: 'records' in answer ? answer.records : [],
    count: 'count' in answer ? answer.count : null,
    usableThrough: '',
    redelivered: false,
    receipts: [],
  };
}

await runProcess('api', async (configuration, onFatal) => {
  const registry = registryOf(configuration);
  const api = await startApi(configuration, onFatal, registry);
  // The controller holds this instance: from here on its one method is ours, and everything around it Kiroku's.
  api.app.get(Inquiries).make = (command) => askOnly(registry, configuration.agreement, command);
  process.stdout.write(`asking-only listening on ${api.url}\n`);
  return () => api.close();
});
