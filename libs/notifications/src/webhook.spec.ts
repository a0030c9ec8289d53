import { openChannels } from './channels.js';
import { describeChannel } from './contract/channels.contract.js';
import { pki } from './contract/pki.contract.js';
import { WebhookReceiver } from './contract/webhook-receiver.contract.js';

const secretOf = (contact: string, version: number): string =>
  `whsec_${Buffer.from(`${contact}/${version}`.padEnd(32)).toString('base64')}`;

describeChannel('A webhook', { refuses: 'refused', never: 'gone' }, async () => {
  const { ca, good, foreign } = await pki();
  const receiver = await WebhookReceiver.start(good);
  return {
    open: (timeoutMs = 20_000) =>
      openChannels({ smtp: null, webhook: { secretOf, privateTargets: true, ca }, timeoutMs }),
    here: { kind: 'webhook', address: receiver.url('/here') },
    there: { kind: 'webhook', address: receiver.url('/there') },
    named: ({ id }) => id,
    arrived: () => receiver.received.map(({ headers }) => headers['webhook-id'] ?? ''),
    behave: (behaviour, at) => receiver.behave(behaviour, at && new URL(at.address).pathname),
    held: () => receiver.held(),
    goAway: () => receiver.stop(),
    becomeImpostor: () => receiver.restart(foreign),
    comeBack: () => receiver.restart(),
    quiet: () => receiver.quiet(),
    stop: () => receiver.stop(),
  };
});
