import { describeChannel } from './contract/channels.contract.js';
import { MailServer } from './contract/mail-server.contract.js';
import { pki } from './contract/pki.contract.js';
import { openChannels } from './channels.js';

const from = 'kiroku@agency.example';
const here = { kind: 'smtp', address: 'oncall@agency.example' } as const;
const there = { kind: 'smtp', address: 'duty@provider.example' } as const;
const webhook = { secretOf: () => '', privateTargets: false };

describeChannel('SMTP', { refuses: 'refused', never: 'rejected' }, async () => {
  const { ca, good, foreign } = await pki();
  const server = await MailServer.start(good);
  return {
    open: (timeoutMs = 20_000) =>
      openChannels({
        smtp: { host: '127.0.0.1', port: server.port, security: 'starttls', ca, from, name: 'kiroku.test' },
        webhook,
        timeoutMs,
      }),
    here,
    there,
    named: ({ id }) => `<${id}@agency.example>`,
    arrived: () => server.mails.map(({ headers }) => headers['Message-ID'] ?? ''),
    behave: (behaviour, at) => server.behave(behaviour, at?.address),
    held: () => server.held(),
    goAway: () => server.stop(),
    becomeImpostor: () => server.restart(foreign),
    comeBack: () => server.restart(),
    quiet: () => server.quiet(),
    stop: () => server.stop(),
  };
});
