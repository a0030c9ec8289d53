import { afterEach, describe, expect, it } from '@jest/globals';
import { openChannels } from './channels.js';
import { describeChannel } from './contract/channels.contract.js';
import { type Mail, MailServer } from './contract/mail-server.contract.js';
import { messageOf } from './contract/messages.contract.js';
import { type Pki, pki } from './contract/pki.contract.js';
import { type Script, ScriptedServer } from './contract/scripted-server.contract.js';
import type { AlertMessage, Channels, Delivery } from './port.js';
import type { SmtpOptions } from './smtp.js';

const LONG_MS = 20_000;
const here = { kind: 'smtp', address: 'oncall@agency.example' } as const;
const there = { kind: 'smtp', address: 'duty@provider.example' } as const;

const optionsOf = (port: number, ca: string, changes: Partial<SmtpOptions> = {}): SmtpOptions => ({
  host: '127.0.0.1',
  port,
  security: 'starttls',
  ca,
  from: 'kiroku@agency.example',
  name: 'kiroku.test',
  ...changes,
});
const open = (smtp: SmtpOptions | null, timeoutMs = LONG_MS): Channels =>
  openChannels({ smtp, webhook: { secretOf: () => '', privateTargets: false }, timeoutMs });
const nameOf = ({ id }: AlertMessage): string => `<${id}@agency.example>`;

describeChannel('SMTP', { refuses: 'refused', never: 'rejected' }, async () => {
  const { ca, good, foreign } = await pki();
  const server = await MailServer.start(good);
  return {
    open: (timeoutMs = LONG_MS) => open(optionsOf(server.port, ca), timeoutMs),
    here,
    there,
    named: nameOf,
    arrived: () => server.mails.map(({ headers }) => headers['Message-ID'] ?? ''),
    behave: (behaviour, at) => server.behave(behaviour, at?.address),
    held: () => server.held(),
    goAway: () => server.quiet(),
    becomeImpostor: () => server.restart(foreign),
    comeBack: () => server.restart(),
    quiet: () => server.quiet(),
  };
});

const ending: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of ending.splice(0).toReversed()) await end();
});

/** Sends one message to a server, and what became of it. */
async function deliver(
  smtp: SmtpOptions | null,
  message = messageOf(),
  address: string = here.address,
): Promise<Delivery> {
  const channels = open(smtp);
  ending.push(() => channels.close());
  return channels.send({ kind: 'smtp', address }, message);
}

async function mailServer(...given: Parameters<typeof MailServer.start>): Promise<MailServer> {
  const server = await MailServer.start(...given);
  ending.push(() => server.quiet());
  return server;
}

async function scripted(script: Script): Promise<ScriptedServer> {
  const server = await ScriptedServer.start(script);
  ending.push(() => server.quiet());
  return server;
}

describe('a mail', () => {
  const sent = async (message: AlertMessage): Promise<Mail> => {
    const { ca, good } = await pki();
    const server = await mailServer(good);
    expect(await deliver(optionsOf(server.port, ca), message)).toMatchObject({ delivered: true });
    expect(server.mails).toHaveLength(1);
    return server.mails[0] as Mail;
  };

  it('arrives encrypted, from the one address and to the other, under the name that was set', async () => {
    expect(await sent(messageOf())).toMatchObject({
      from: 'kiroku@agency.example',
      to: [here.address],
      client: 'kiroku.test',
      encrypted: true,
    });
  });

  it('has these headers and no others', async () => {
    const message = messageOf({ subject: 'An alert' });
    const { headers } = await sent(message);
    const { Date: date = '', ...rest } = headers;
    expect(Number.isNaN(Date.parse(date))).toBe(false);
    expect(rest).toEqual({
      From: 'kiroku@agency.example',
      To: here.address,
      Subject: 'An alert',
      'Message-ID': nameOf(message),
      'Auto-Submitted': 'auto-generated',
      'MIME-Version': '1.0',
      'Content-Type': 'text/plain; charset=utf-8',
      'Content-Transfer-Encoding': 'base64',
    });
  });

  it.each([
    ['of both languages', '障害が発生しました。\n𠮷野\n\nA failure was declared.\n'],
    ['of ASCII alone', 'A failure was declared.\n'],
    ['with lines that are longer than any mail’s', `${'あ'.repeat(2_000)}\n${'x'.repeat(5_000)}\n`],
    ['with dots at the beginning of lines, and one alone', '.\n..\n.hidden\n.\n'],
    [
      'of ASCII alone, in lines that are longer than any mail’s',
      `${'x'.repeat(5_000)}\n${'y '.repeat(600)}\n`,
    ],
    ['with spaces at the ends of lines', 'a  \n b\t\n\n\n'],
    ['that ends with a signed note', 'log.example/kiroku\n12\nqA==\n\n— log.example/kiroku Az3grlgt\n'],
  ])('brings the text %s as it was written', async (_case, text) => {
    expect((await sent(messageOf({ text }))).text.replaceAll('\r\n', '\n')).toBe(text);
  });

  it('reads its subject in Japanese', async () => {
    const { headers } = await sent(messageOf({ subject: '【記録】障害' }));
    expect(headers['Subject']).toBe(`=?UTF-8?B?${Buffer.from('【記録】障害').toString('base64')}?=`);
  });

  it.each(['a\r\nBcc: x@y.example', 'a\nBcc: x@y.example', 'a\rBcc: x@y.example', 'a\0b'])(
    'gets no further header by its subject, %j',
    async (subject) => {
      const { headers, to } = await sent(messageOf({ subject }));
      expect(Object.keys(headers)).not.toContain('Bcc');
      expect(Object.keys(headers)).toHaveLength(9);
      expect(to).toEqual([here.address]);
    },
  );
});

describe('a mail address', () => {
  it.each([
    'one@agency.example,two@agency.example',
    'one@agency.example;two@agency.example',
    'one@agency.example two@agency.example',
    'one@agency.example> NOTIFY=NEVER',
    'one@agency.example>\r\nRCPT TO:<two@agency.example',
    'group: one@agency.example',
    '<one@agency.example>',
    '"one,two"@agency.example',
    'one(two)@agency.example',
    'one@two@agency.example',
    'one@[127.0.0.1]',
    'one\0@agency.example',
    'ひとり@agency.example',
    'one@県.example',
    '@agency.example',
    'one@',
    'one',
    '',
    `${'a'.repeat(65)}@agency.example`,
  ])('that is not one plain address is not tried: %j', async (address) => {
    const { ca, good } = await pki();
    const server = await mailServer(good);
    const message = messageOf();
    expect(await deliver(optionsOf(server.port, ca), message, address)).toEqual({
      delivered: false,
      message: nameOf(message),
      why: 'target-forbidden',
      permanent: false,
    });
    expect(server.sockets.count).toBe(0);
  });

  it.each([
    ["o'neil+alerts/1=2@agency.example", "o'neil+alerts/1=2@agency.example"],
    ['ONCALL@Agency.Example', 'ONCALL@agency.example'],
    ['oncall@xn--4pv.example', 'oncall@xn--4pv.example'],
    // Old addresses of mobile phones; RFC 5321 wants such a local part in quotes.
    ['on..call.@mobile.example', '"on..call."@mobile.example'],
  ])('%s is written to as %s, alone', async (address, written) => {
    const server = await scripted({});
    const smtp = optionsOf(server.port, '', { security: 'none' });
    expect(await deliver(smtp, messageOf(), address)).toMatchObject({ delivered: true });
    expect(server.heard.filter((line) => line.startsWith('RCPT'))).toEqual([`RCPT TO:<${written}>`]);
  });
});

describe('over an encrypted connection only', () => {
  /** What goes in clear: nothing that names anybody. */
  const IN_CLEAR = ['EHLO kiroku.test', 'STARTTLS'];

  it.each([
    ['does not offer STARTTLS and refuses it', { EHLO: '250 here', STARTTLS: '502 what?' }],
    ['offers STARTTLS and refuses it', { EHLO: '250-here\r\n250 STARTTLS', STARTTLS: '454 not now' }],
  ])('nothing is said to a server that %s', async (_case, script) => {
    const { ca } = await pki();
    const server = await scripted(script);
    const smtp = optionsOf(server.port, ca, { user: 'kiroku', password: 'secret' });
    expect(await deliver(smtp)).toMatchObject({ why: 'tls', permanent: false });
    expect(server.heard.slice(0, 2)).toEqual(IN_CLEAR);
    expect(server.heard.join('\n')).not.toMatch(/MAIL|RCPT|AUTH|HELO|DATA/);
  });

  it('nothing is said to a server that says yes to STARTTLS and goes on in clear', async () => {
    const { ca } = await pki();
    const server = await scripted({ STARTTLS: '220 go on\r\n250-here\r\n250 PIPELINING' });
    const channels = open(optionsOf(server.port, ca), 1_000);
    ending.push(() => channels.close());
    expect(await channels.send(here, messageOf())).toMatchObject({ delivered: false, permanent: false });
    expect(server.heard.join('\n')).not.toMatch(/MAIL|RCPT/);
  });

  it('a server that refuses EHLO is not tried with HELO, which has no encryption', async () => {
    const { ca } = await pki();
    const server = await scripted({ EHLO: '502 what?', HELO: '250 here' });
    expect(await deliver(optionsOf(server.port, ca))).toMatchObject({ why: 'refused', permanent: false });
    expect(server.heard).toEqual(['EHLO kiroku.test']);
  });

  const identities: readonly (readonly [string, 'expired' | 'misnamed' | 'foreign'])[] = [
    ['has run out', 'expired'],
    ['is another host’s', 'misnamed'],
    ['nobody we trust vouches for', 'foreign'],
  ];
  it.each(
    identities.flatMap(
      ([what, which]) =>
        [
          [what, which, 'starttls'],
          [what, which, 'tls'],
        ] as const,
    ),
  )('nothing is said to a server whose certificate %s (%s, %s)', async (_case, which, security) => {
    const made: Pki = await pki();
    const server = await mailServer(made[which], { secure: security === 'tls' });
    const delivery = await deliver(optionsOf(server.port, made.ca, { security }));
    expect(delivery).toMatchObject({ why: 'tls', permanent: false });
    expect(server.mails).toEqual([]);
  });

  it('a server’s certificate is looked at by the name that was set', async () => {
    const { ca, good } = await pki();
    const server = await mailServer(good);
    expect(await deliver(optionsOf(server.port, ca, { host: 'localhost' }))).toMatchObject({
      delivered: true,
    });
  });

  it('also from the first byte, where that is set', async () => {
    const { ca, good } = await pki();
    const server = await mailServer(good, { secure: true });
    expect(await deliver(optionsOf(server.port, ca, { security: 'tls' }))).toMatchObject({ delivered: true });
    expect(server.mails).toMatchObject([{ encrypted: true }]);
  });

  it('a server that speaks in clear where TLS is set is not spoken to', async () => {
    const { ca } = await pki();
    const server = await scripted({});
    const delivery = await deliver(optionsOf(server.port, ca, { security: 'tls' }));
    expect(delivery).toMatchObject({ why: 'tls', permanent: false });
  });

  it('except where no security is set: then in clear, even if encryption is offered, and without the password', async () => {
    const server = await scripted({ EHLO: '250-here\r\n250-AUTH PLAIN LOGIN\r\n250 STARTTLS' });
    const smtp = optionsOf(server.port, '', { security: 'none', user: 'kiroku', password: 'secret' });
    expect(await deliver(smtp)).toMatchObject({ delivered: true });
    expect(server.heard).toEqual([
      'EHLO kiroku.test',
      'MAIL FROM:<kiroku@agency.example>',
      `RCPT TO:<${here.address}>`,
      'DATA',
    ]);
  });
});

describe('a server that asks who we are', () => {
  const asking = async (): Promise<SmtpOptions> => {
    const { ca, good } = await pki();
    const server = await mailServer(good, {
      disabledCommands: [],
      onAuth: ({ username, password }, _session, done) =>
        done(null, username === 'kiroku' && password === 'secret' ? { user: username } : {}),
    });
    return optionsOf(server.port, ca);
  };

  it('is told, once the connection is encrypted', async () => {
    const smtp = { ...(await asking()), user: 'kiroku', password: 'secret' };
    expect(await deliver(smtp)).toMatchObject({ delivered: true });
  });

  it.each([
    ['does not know us', { user: 'kiroku', password: 'wrong' }],
    ['is not told', {}],
  ])('takes nothing when it %s, and may tomorrow', async (_case, changes) => {
    const delivery = await deliver({ ...(await asking()), ...changes });
    expect(delivery).toMatchObject({ why: 'refused', permanent: false });
  });
});

describe('a server’s reply', () => {
  const replies: readonly (readonly [string, Script, string, boolean])[] = [
    ['too many connections', { greeting: '421 4.7.0 too many' }, 'refused', false],
    ['no service, at the greeting', { greeting: '554 no service' }, 'refused', false],
    ['no greeting of SMTP', { greeting: 'SSH-2.0-OpenSSH_9.2' }, 'connection', false],
    ['not you, to the sender', { 'MAIL FROM': '550 5.7.1 not you' }, 'refused', false],
    ['nobody of that name', { 'RCPT TO': '550 5.1.1 nobody' }, 'rejected', true],
    [
      'nobody of that name, in several lines',
      { 'RCPT TO': '550-5.1.1 no\r\n550 5.1.1 body' },
      'rejected',
      true,
    ],
    ['nobody of that name, without a finer code', { 'RCPT TO': '550 nobody' }, 'rejected', true],
    ['nobody of that name, without a word', { 'RCPT TO': '550' }, 'rejected', true],
    ['no such domain', { 'RCPT TO': '550 5.1.2 no domain' }, 'rejected', true],
    ['not here, try there', { 'RCPT TO': '551 try there' }, 'rejected', true],
    ['no name that could be', { 'RCPT TO': '553 no name' }, 'rejected', true],
    ['moved away', { 'RCPT TO': '550 5.1.6 moved' }, 'rejected', true],
    ['has moved out', { 'RCPT TO': '550 5.2.1 disabled' }, 'rejected', true],
    ['the mailbox is full, for good', { 'RCPT TO': '552 5.2.2 full' }, 'rejected', false],
    ['the mailbox is full, for now', { 'RCPT TO': '452 4.2.2 full' }, 'refused', false],
    ['the sender’s address is bad', { 'RCPT TO': '550 5.1.8 sender' }, 'rejected', false],
    ['no relay for you any more', { 'RCPT TO': '550 5.7.1 relay denied' }, 'rejected', false],
    ['no relay, the older way', { 'RCPT TO': '554 relay denied' }, 'rejected', false],
    ['out of order', { 'RCPT TO': '503 5.5.1 order' }, 'rejected', false],
    ['greylisted', { 'RCPT TO': '450 4.7.1 later' }, 'refused', false],
    [
      'greylisted, pipelined',
      { EHLO: '250-x\r\n250 PIPELINING', 'RCPT TO': '450 later', DATA: '554 none' },
      'refused',
      false,
    ],
    [
      'nobody, pipelined',
      { EHLO: '250-x\r\n250 PIPELINING', 'RCPT TO': '550 5.1.1 no', DATA: '503 none' },
      'rejected',
      true,
    ],
    ['no data now', { DATA: '451 not now' }, 'refused', false],
    ['no data', { DATA: '554 no' }, 'rejected', false],
    ['not stored, for now', { message: '451 4.3.0 no room' }, 'refused', false],
    ['looks like spam', { message: '554 5.7.1 spam' }, 'rejected', false],
    ['bye, after the message', { message: '421 4.3.2 bye' }, 'refused', false],
    ['something else than an answer', { message: 'what?' }, 'connection', false],
  ];
  it.each(replies)('"%s" is told in our words', async (_case, script, why, permanent) => {
    const server = await scripted(script);
    const message = messageOf();
    expect(await deliver(optionsOf(server.port, '', { security: 'none' }), message)).toEqual({
      delivered: false,
      message: nameOf(message),
      why,
      permanent,
    });
  });
});

it('mail is not configured where there is no server for it', async () => {
  const message = messageOf();
  expect(await deliver(null, message)).toEqual({
    delivered: false,
    message: message.id,
    why: 'not-configured',
    permanent: false,
  });
});

it('a server whose name cannot be resolved is no connection', async () => {
  const delivery = await deliver(optionsOf(25, '', { host: 'a..b' }));
  expect(delivery).toMatchObject({ why: 'connection', permanent: false });
});
