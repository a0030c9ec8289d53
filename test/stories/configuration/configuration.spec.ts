import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { generateKeyPairSync } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { cosigner, ed25519Signer, generateSigningKey } from '#ledger';
import {
  ConfigurationFaults,
  makeDemoPki,
  openRooms,
  type ProcessRole,
  readConfiguration,
  settings,
} from '#wiring';

const SECRET = 'not-to-be-repeated-730164';

const ORIGIN = 'kiroku.example/log';
const logVerifier = ed25519Signer(ORIGIN, generateSigningKey(ORIGIN).privateKeyPem).verifierKey;
const witnessVerifier = cosigner(
  'w.example',
  generateSigningKey('w.example').privateKeyPem,
  Date.now,
).verifierKey;

describe('the configuration', () => {
  let directory: string;
  let usual: Record<string, string>;

  beforeEach(async () => {
    directory = mkdtempSync(join(tmpdir(), 'kiroku-configuration-'));
    const data = join(directory, 'data');
    await makeDemoPki(join(`${data}.secrets`, 'pki'), { now: new Date(), names: [] });
    usual = { KIROKU_DATA: data, KIROKU_REGISTRY_URL: 'https://registry.example' };
  });
  afterEach(() => rmSync(directory, { recursive: true, force: true }));

  /** What somebody reads who starts a process with this environment. */
  const complaint = (environment: Record<string, string>, role: ProcessRole = 'api'): string => {
    try {
      readConfiguration(environment, role);
    } catch (error) {
      expect(error).toBeInstanceOf(ConfigurationFaults);
      return (error as Error).message;
    }
    return '';
  };
  const file = (text: string): string => {
    const path = join(directory, 'kiroku.json');
    writeFileSync(path, text);
    return path;
  };

  it('is complete with the place of the data and the provider’s address', () => {
    const { data, secrets, paths, port, host, movableClock } = readConfiguration(usual, 'api');
    expect([data, secrets]).toEqual([usual['KIROKU_DATA'], `${usual['KIROKU_DATA']}.secrets`]);
    expect([host, port, movableClock]).toEqual(['127.0.0.1', 8443, false]);
    expect(dirname(paths.clockOffset)).toBe(secrets);
    expect(dirname(paths.rootKeys)).toBe(secrets);
  });

  const wrong: Record<string, string> = {
    KIROKU_PORT: '65536',
    KIROKU_METRICS_PORT: '-1',
    KIROKU_SESSION_MINUTES: '0',
    KIROKU_UNSEQUENCED_MINUTES: '1.5',
    KIROKU_TRAIL_YEARS: '',
    KIROKU_BACKLOG_DAYS: '31',
    KIROKU_AGREEMENT: 'Not An Id',
    KIROKU_LOG_ORIGIN: 'https://kiroku.example/log',
    KIROKU_LOG_LEVEL: 'loud',
    KIROKU_MOVABLE_CLOCK: 'true',
    KIROKU_REGISTRY_URL: 'http://registry.example',
    KIROKU_HOST: ' ',
    KIROKU_PUBLIC_URL: 'https://kiroku.example/?from=mail',
    KIROKU_SMTP_PORT: '0',
    KIROKU_SMTP_SECURITY: 'ssl',
    KIROKU_SMTP_FROM: 'Kiroku <kiroku@agency.example>',
    KIROKU_WEBHOOK_PRIVATE_TARGETS: 'maybe',
    KIROKU_ALERT_REPEAT_MINUTES: '0',
    KIROKU_SILENCE_SECONDS: '4',
    KIROKU_FAULT_SETTLE_SECONDS: '-1',
    KIROKU_ERASURE_OVERDUE_HOURS: '721',
  };

  it.each(Object.entries(wrong))('names a value that is wrong: %s', (name, value) => {
    const message = complaint({ ...usual, [name]: value });
    expect(message).toContain(name);
    for (const other of Object.keys(wrong).filter((each) => each !== name))
      expect(message).not.toContain(other);
  });

  it.each<[ProcessRole, string, RegExp]>([
    ['api', 'KIROKU_TLS_KEY', /デモ用は.*init --demo-pki で作成）\n.*init --demo-pki makes it for a demo\)/],
    ['api', 'KIROKU_REGISTRY_LINK_KEYS', /init --demo-pki/],
    ['worker', 'KIROKU_LOG_KEY', /init が作成.*\n.*init makes the first one; put back/],
    ['worker', 'KIROKU_LOG_NEXT_KEY', /読めません\n.*cannot be read$/],
    ['worker', 'KIROKU_WITNESSES', /読めません\n.*cannot be read$/],
    ['api', 'KIROKU_SMTP_CA', /読めません\n.*cannot be read$/],
  ])('tells the %s of a missing file of %s who makes it, if anything of ours does', (role, name, hint) => {
    const log = join(directory, 'log.key.pem');
    writeFileSync(log, generateSigningKey(ORIGIN).privateKeyPem);
    const message = complaint(
      { ...usual, KIROKU_LOG_ORIGIN: ORIGIN, KIROKU_LOG_KEY: log, [name]: join(directory, 'none') },
      role,
    );
    const [, said = ''] = message.split(/\n {2}- /);
    expect(said).toContain(`${name}：ファイル ${join(directory, 'none')} を`);
    expect(said).toMatch(hint);
    if (!name.includes('TLS') && !name.includes('REGISTRY')) expect(message).not.toContain('demo-pki');
  });

  it('names all that is wrong at once, unknown settings and missing files included', () => {
    const missing = join(directory, 'nowhere', 'key.pem');
    const message = complaint({
      ...usual,
      ...wrong,
      KIROKU_TLS_KEY: missing,
      KIROKU_REGISTRY_LINK_KEYS: missing,
      KIROKU_PROT: '1',
      KIROKU_SECRET_PIN: SECRET,
    });
    const expected = [
      ...Object.keys(wrong),
      'KIROKU_TLS_KEY',
      'KIROKU_REGISTRY_LINK_KEYS',
      'KIROKU_PROT',
      'KIROKU_SECRET_PIN',
    ];
    expect(expected.filter((name) => !message.includes(name))).toEqual([]);
    expect(message.split('\n').filter((line) => line.startsWith('  - '))).toHaveLength(expected.length);
    expect(message).not.toContain(SECRET);
  });

  it('says that the provider’s address is missing to the api alone', () => {
    const { KIROKU_DATA } = usual as { KIROKU_DATA: string };
    expect(complaint({ KIROKU_DATA })).toContain('KIROKU_REGISTRY_URL');
    writeFileSync(join(`${KIROKU_DATA}.secrets`, 'log.key.pem'), generateSigningKey(ORIGIN).privateKeyPem);
    expect(complaint({ KIROKU_DATA }, 'worker')).toBe('');
    expect(complaint({ KIROKU_DATA }, 'cli')).toBe('');
  });

  it('asks each process for its own secrets only: the log’s key is the worker’s', () => {
    expect(complaint(usual, 'api')).toBe('');
    expect(complaint(usual, 'worker')).toContain('KIROKU_LOG_KEY');
    rmSync(join(`${usual['KIROKU_DATA']}.secrets`, 'pki'), { recursive: true });
    const message = complaint(usual, 'api');
    for (const name of ['KIROKU_TLS_KEY', 'KIROKU_TLS_CERTIFICATE', 'KIROKU_TLS_CLIENT_CA'])
      expect(message).toContain(name);
    expect(message).not.toContain('KIROKU_LOG_KEY');
  });

  it.each([
    ['a name alone', 'j-lis'],
    ['a token instead of its hash', `j-lis ${SECRET}`],
    ['a hash in capitals', `j-lis ${'AB'.repeat(32)}`],
    ['two readers with one token', `j-lis ${'ab'.repeat(32)}\nauditor ${'ab'.repeat(32)}`],
  ])('takes no list of the log’s readers with %s, and says in which line', (_what, text) => {
    const KIROKU_LOG_READERS = join(directory, 'readers');
    writeFileSync(KIROKU_LOG_READERS, `# readers\n${text}\n`);
    const message = complaint({ ...usual, KIROKU_LOG_READERS });
    expect(message).toMatch(/KIROKU_LOG_READERS has a line [23] that is not/);
    expect(message).not.toContain(SECRET);
    writeFileSync(KIROKU_LOG_READERS, `# readers\r\n\r\n  j-lis\t${'ab'.repeat(32)}  \r\n`);
    expect(complaint({ ...usual, KIROKU_LOG_READERS })).toBe('');
    expect(complaint({ ...usual, KIROKU_LOG_READERS: join(directory, 'nowhere') })).toContain(
      'KIROKU_LOG_READERS',
    );
  });

  it.each([
    ['no key', 'https://witness.example'],
    ['a key of another kind', `${logVerifier} https://witness.example`],
    ['no URL', witnessVerifier],
    ['another scheme', `${witnessVerifier} ftp://witness.example`],
    ['one witness twice', `${witnessVerifier} https://a.example\n${witnessVerifier} https://b.example`],
  ])('takes no list of witnesses with %s, in api and worker', (_what, text) => {
    const KIROKU_WITNESSES = join(directory, 'witnesses');
    for (const role of ['api', 'worker'] as const) {
      writeFileSync(KIROKU_WITNESSES, `${text}\n`);
      expect(complaint({ ...usual, KIROKU_WITNESSES }, role)).toMatch(
        /KIROKU_WITNESSES has a line [12] that/,
      );
      writeFileSync(KIROKU_WITNESSES, `# ours\n\n${witnessVerifier} http://127.0.0.1:8080\n`);
      expect(complaint({ ...usual, KIROKU_WITNESSES }, role)).not.toContain('KIROKU_WITNESSES');
    }
  });

  it('takes witnesses of every type whose signatures carry a time, and names the type of another key', () => {
    const { privateKey } = generateKeyPairSync('ml-dsa-44');
    const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
    const KIROKU_WITNESSES = join(directory, 'witnesses');
    for (const { verifierKey } of [cosigner('pq.example', pem, Date.now), { verifierKey: witnessVerifier }]) {
      writeFileSync(KIROKU_WITNESSES, `${verifierKey} https://witness.example\n`);
      for (const role of ['api', 'worker'] as const)
        expect(complaint({ ...usual, KIROKU_WITNESSES }, role)).not.toContain('KIROKU_WITNESSES');
    }
    writeFileSync(KIROKU_WITNESSES, `${logVerifier} https://witness.example\n`);
    const message = complaint({ ...usual, KIROKU_WITNESSES });
    expect(message).toContain(
      'has a line 1 that has a verifier key of type 0x01, whose signatures carry no time',
    );
    expect(message).toContain('種別 0x01');
  });

  describe('of the alarm', () => {
    const mail = { KIROKU_SMTP_HOST: 'mail.example', KIROKU_SMTP_FROM: 'kiroku@agency.example' };

    it('needs nothing: no mail goes out then, and webhooks go to public addresses only', () => {
      const { smtpHost, smtpFrom, smtpSecurity, webhookPrivateTargets, alertKey, paths, secrets } =
        readConfiguration(usual, 'api');
      expect([smtpHost, smtpFrom, smtpSecurity, webhookPrivateTargets]).toEqual([
        null,
        null,
        'starttls',
        false,
      ]);
      expect(dirname(alertKey)).toBe(secrets);
      expect(dirname(paths.lifeboat)).toBe(usual['KIROKU_DATA']);
    });

    it('takes links under the address that the contacts see, with or without a slash at its end', () => {
      for (const written of ['https://kiroku.example/alerts/', 'https://kiroku.example/alerts']) {
        const { publicUrl } = readConfiguration({ ...usual, KIROKU_PUBLIC_URL: written }, 'api');
        expect(publicUrl).toBe('https://kiroku.example/alerts');
      }
      for (const wrongUrl of [
        'http://kiroku.example',
        'https://me:pw@kiroku.example',
        'https://k.example/#a',
      ])
        expect(complaint({ ...usual, KIROKU_PUBLIC_URL: wrongUrl })).toContain('KIROKU_PUBLIC_URL');
    });

    it('wants to know from whom the mail comes', () => {
      expect(complaint({ ...usual, ...mail })).toBe('');
      expect(complaint({ ...usual, KIROKU_SMTP_HOST: 'mail.example' })).toContain('KIROKU_SMTP_FROM');
    });

    it('wants name and password together, and over an encrypted connection', () => {
      const password = join(directory, 'smtp.password');
      writeFileSync(password, SECRET);
      const KIROKU_SMTP_USER = 'kiroku';
      const both = { ...usual, ...mail, KIROKU_SMTP_USER, KIROKU_SMTP_PASSWORD_FILE: password };
      expect(complaint(both)).toBe('');
      expect(complaint({ ...usual, ...mail, KIROKU_SMTP_USER })).toContain('KIROKU_SMTP_PASSWORD_FILE');
      const alone = { ...usual, ...mail, KIROKU_SMTP_PASSWORD_FILE: password };
      expect(complaint(alone)).toContain('KIROKU_SMTP_USER');
      const clear = complaint({ ...both, KIROKU_SMTP_SECURITY: 'none' });
      expect(clear).toContain('KIROKU_SMTP_SECURITY');
      expect(clear).not.toContain(SECRET);
    });

    it.each(['KIROKU_SMTP_CA', 'KIROKU_WEBHOOK_CA', 'KIROKU_SMTP_PASSWORD_FILE'])(
      'asks api and worker for the file of %s',
      (name) => {
        const environment = { ...usual, KIROKU_SMTP_USER: 'kiroku', [name]: join(directory, 'nowhere.pem') };
        for (const role of ['api', 'worker'] as const)
          expect(complaint(environment, role)).toContain('nowhere.pem');
      },
    );

    it.each([
      '',
      'kiroku',
      'kiroku@',
      'a@b@c',
      'kiroku@agency.example\r\nBcc: x@y.example',
      '記録@agency.example',
    ])('takes one plain address: not %j', (from) => {
      expect(complaint({ ...usual, KIROKU_SMTP_FROM: from })).toContain('KIROKU_SMTP_FROM');
    });
  });

  it('ignores what is nobody’s setting here: other names, the simulator’s, the tools’', () => {
    const others = { PATH: '/bin', KIROKU_SIMULATOR_PORT: '1', KIROKU_CI: '1' };
    expect(complaint({ ...usual, ...others })).toBe('');
  });

  describe('in a file', () => {
    it('is read like the environment, which comes first', () => {
      const path = file(JSON.stringify({ ...usual, KIROKU_PORT: 9_443, KIROKU_SESSION_MINUTES: '5' }));
      const read = readConfiguration({ KIROKU_CONFIG: path, KIROKU_PORT: '0' }, 'api');
      expect([read.port, read.sessionMinutes]).toEqual([0, 5]);
      expect(read.data).toBe(usual['KIROKU_DATA']);
    });

    it('is complained about like the environment', () => {
      const path = file(JSON.stringify({ ...usual, KIROKU_PORT: 'many', KIROKU_PROT: 1, PORT: 1 }));
      const message = complaint({ KIROKU_CONFIG: path });
      for (const name of ['KIROKU_PORT', 'KIROKU_PROT', ' PORT ']) expect(message).toContain(name);
    });

    it.each([
      ['no JSON', '{'],
      ['a list', '[]'],
      ['nothing', ''],
      ['null', 'null'],
    ])('must be an object: %s', (_what, text) => {
      const message = complaint({ ...usual, KIROKU_CONFIG: file(text), KIROKU_PORT: 'many' });
      expect(message).toContain('KIROKU_CONFIG');
      expect(message).toContain('KIROKU_PORT');
    });

    it('must be there', () => {
      expect(complaint({ ...usual, KIROKU_CONFIG: join(directory, 'nowhere.json') })).toContain(
        'nowhere.json',
      );
    });
  });

  describe('of the clock', () => {
    const startedWith = async (movable: 'yes' | 'no', offset: string | null): Promise<string> => {
      const configuration = readConfiguration({ ...usual, KIROKU_MOVABLE_CLOCK: movable }, 'cli');
      mkdirSync(dirname(configuration.paths.clockOffset), { recursive: true });
      if (offset !== null) writeFileSync(configuration.paths.clockOffset, offset);
      try {
        const rooms = await openRooms(configuration, 'cli', () => undefined);
        await rooms.close();
        return 'started';
      } catch (error) {
        return (error as Error).name;
      }
    };

    it('refuses to start on data whose clock was once moved, unless this is a demo', async () => {
      expect(await startedWith('no', '{"offsetMs":86400000}')).toBe('ClockRefused');
      expect(await startedWith('yes', '{"offsetMs":86400000}')).toBe('started');
    });

    it('refuses a damaged offset, whoever starts', async () => {
      for (const damaged of ['', '{}', '{"offsetMs":-1}', '{"offsetMs":"1"}']) {
        expect(await startedWith('no', damaged)).toBe('ClockRefused');
        expect(await startedWith('yes', damaged)).toBe('ClockRefused');
      }
    });

    it('starts where nobody moved it, and lets nobody move it', async () => {
      expect(await startedWith('no', null)).toBe('started');
      const rooms = await openRooms(readConfiguration(usual, 'cli'), 'cli', () => undefined);
      expect(() => rooms.clock.advance(1)).toThrow('only a demo or a test');
      await rooms.close();
    });
  });

  it('has a name and a meaning for every setting, once', () => {
    const names = Object.values(settings).map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    for (const name of names) expect(name).toMatch(/^KIROKU_[A-Z_]+$/);
  });
});
