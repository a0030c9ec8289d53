/** Who gets in at all: mutual authentication (annex 2, 2(2)), and messages that are new (2(3)). */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { v7 as uuidv7 } from 'uuid';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import {
  INQUIRY_PATH,
  issuedAt,
  openRegistry,
  parseLinkKeys,
  sealMessage,
  type InquiryClaims,
  type LinkKey,
  type ProviderAnswer,
  type RegistryMisconfigured,
  type RegistryOptions,
} from '#registry';
import { makeDemoPki, type DemoIdentity, type DemoPki } from '../../../libs/wiring/src/demo-pki.js';
import { Residents } from './residents.js';
import { startSimulator, type Simulator } from './simulator.js';
import { wellKnown } from './well-known.js';

let directory: string;
let ours: DemoPki;
let strangers: DemoPki;
let simulator: Simulator;
let linkKey: LinkKey;
let options: RegistryOptions;
const read = (path: string): Promise<string> => readFile(path, 'utf8');
const pem = async (identity: DemoIdentity): Promise<{ key: string; cert: string }> => ({
  key: await read(identity.key),
  cert: await read(identity.certificate),
});

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'kiroku-admission-'));
  ours = await makeDemoPki(join(directory, 'ours'), { now: new Date(), names: ['terminal-1'] });
  strangers = await makeDemoPki(join(directory, 'strangers'), { now: new Date(), names: [] });
  const linkKeys = parseLinkKeys(await read(ours.linkKeys));
  linkKey = linkKeys[0] as LinkKey;
  const tlsTrustAnchors = await read(ours.authority.certificate);
  const { key: tlsKey, cert: tlsCertificate } = await pem(ours.provider);
  const clients = [ours.kiroku.fingerprint];
  const residents = new Residents(1, 0);
  simulator = await startSimulator({
    port: 0,
    tlsKey,
    tlsCertificate,
    tlsTrustAnchors,
    clients,
    linkKeys,
    residents,
  });
  const { key, cert } = await pem(ours.kiroku);
  options = { url: simulator.url, tlsKey: key, tlsCertificate: cert, tlsTrustAnchors, linkKeys };
});
afterAll(async () => {
  await simulator.stop();
  await rm(directory, { recursive: true });
});
afterEach(() => simulator.behave('normal'));

interface Reply {
  readonly status: number | undefined;
  readonly body: string;
}

/** One plain HTTPS request on a connection of its own. */
async function send(
  path: string,
  {
    method = 'POST',
    body = '',
    ...tls
  }: { method?: string; body?: string; key?: string; cert?: string; maxVersion?: 'TLSv1.2' },
): Promise<Reply> {
  const ca = await read(ours.authority.certificate);
  return new Promise((resolve, reject) => {
    const outgoing = request(
      new URL(path, simulator.url),
      { method, ca, agent: false, ...tls },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', reject);
        response.on('end', () =>
          resolve({ status: response.statusCode, body: Buffer.concat(chunks).toString() }),
        );
      },
    );
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}

const message = (changes: Partial<InquiryClaims> = {}, key: LinkKey = linkKey): Promise<string> => {
  const claims: InquiryClaims = {
    jti: uuidv7(),
    iat: issuedAt(Date.now()),
    inquiry: uuidv7(),
    agreement: 'mlit-2019',
    purpose: 'rtva-59-1:examination',
    question: { residentCode: wellKnown.found },
    ...changes,
  };
  return sealMessage('kiroku-inquiry', claims, key);
};

async function askAs(changes: Partial<RegistryOptions>): Promise<ProviderAnswer> {
  const registry = openRegistry({ ...options, ...changes });
  try {
    return await registry.ask({
      inquiry: uuidv7(),
      agreement: 'mlit-2019',
      purpose: 'rtva-59-1:examination',
      question: { residentCode: wellKnown.found },
      deadline: Date.now() + 10_000,
    });
  } finally {
    await registry.close();
  }
}

describe('the provider lets nobody in', () => {
  it('without a client certificate', async () => {
    await expect(send(INQUIRY_PATH, {})).rejects.toHaveProperty('code');
    expect(simulator.statistics().requests).toBe(0);
  });

  it('with a certificate of an unknown authority', async () => {
    await expect(send(INQUIRY_PATH, await pem(strangers.kiroku))).rejects.toHaveProperty('code');
    const { key: tlsKey, cert: tlsCertificate } = await pem(strangers.kiroku);
    expect(await askAs({ tlsKey, tlsCertificate })).toMatchObject({
      outcome: 'provider-unavailable',
      faults: ['unreachable'],
    });
  });

  it('with the certificate of a terminal, though the authority knows it', async () => {
    const terminal = await pem(ours.clients['terminal-1'] as DemoIdentity);
    for (const path of [INQUIRY_PATH, 'simulator/behaviour']) {
      expect(await send(path, terminal)).toMatchObject({ status: 403 });
    }
    const { key: tlsKey, cert: tlsCertificate } = terminal;
    expect(await askAs({ tlsKey, tlsCertificate })).toMatchObject({ faults: ['not-authentic'] });
  });

  it('over TLS 1.2', async () => {
    const tls = await pem(ours.kiroku);
    await expect(send(INQUIRY_PATH, { ...tls, maxVersion: 'TLSv1.2' })).rejects.toHaveProperty('code');
  });
});

describe('the client trusts no server', () => {
  it('of an unknown authority', async () => {
    const tlsTrustAnchors = await read(strangers.authority.certificate);
    expect(await askAs({ tlsTrustAnchors })).toMatchObject({ faults: ['not-authentic'] });
  });

  it('of another name', async () => {
    expect(await askAs({ serverName: 'provider.example' })).toMatchObject({ faults: ['not-authentic'] });
    expect(await askAs({ serverName: 'localhost' })).toMatchObject({ outcome: 'found' });
  });
});

describe('the provider refuses a message', () => {
  const post = async (body: string): Promise<number | undefined> =>
    (await send(INQUIRY_PATH, { ...(await pem(ours.kiroku)), body })).status;

  it('that it has had before', async () => {
    const { requests } = simulator.statistics();
    const body = await message();
    expect([await post(body), await post(body)]).toEqual([200, 409]);
    expect(simulator.statistics().requests).toBe(requests + 1);
  });

  it('that is old', async () => {
    expect(await post(await message({ iat: issuedAt(Date.now()) - 120 }))).toBe(409);
  });

  it('under a key it does not know', async () => {
    const key = new Uint8Array(32);
    expect(await post(await message({}, { kid: 'other', key }))).toBe(401);
    expect(await post(await message({}, { kid: linkKey.kid, key }))).toBe(401);
    expect(await askAs({ linkKeys: [{ kid: 'other', key }] })).toMatchObject({ faults: ['not-authentic'] });
  });

  it('that is none, or longer than any', async () => {
    expect(await post('<inquiry/>')).toBe(400);
    expect(await post(await message({ jti: 'x' }))).toBe(400);
    expect(await post('x'.repeat(32_769))).toBe(413);
  });
});

describe('link keys', () => {
  it('rotate without an interruption: new here and old there still understand each other', async () => {
    const next = { kid: 'next', key: new Uint8Array(32).fill(9) };
    expect(await askAs({ linkKeys: [next, linkKey] })).toMatchObject({ outcome: 'found' });
    const retired = { ...next, notAfter: Date.now() + 60_000 };
    expect(await askAs({ linkKeys: [linkKey, { ...retired, notAfter: Date.now() - 1 }] })).toMatchObject({
      outcome: 'found',
    });
  });
});

describe('a client configured with certificates that do not fit', () => {
  it('is told all of it at once', async () => {
    const { key: tlsKey } = await pem(strangers.kiroku);
    const tlsTrustAnchors = await read(ours.kiroku.certificate);
    const late = (): number => Date.now() + 500 * 86_400_000;
    let faults: readonly { setting: string; problem: string }[] = [];
    try {
      openRegistry({ ...options, tlsKey, tlsTrustAnchors, now: late });
    } catch (error) {
      faults = (error as RegistryMisconfigured).faults;
    }
    expect(faults.map(({ setting, problem }) => `${setting}: ${problem}`)).toEqual([
      'tlsCertificate: it is not valid today',
      'tlsKey: it does not belong to tlsCertificate',
      'tlsTrustAnchors: certificate 1 is not an authority',
      'tlsTrustAnchors: certificate 1 is not valid today',
    ]);
  });
});

describe('the simulator is told how to behave', () => {
  it('over the same door as questions come', async () => {
    const tls = await pem(ours.kiroku);
    const put = (body: string): Promise<Reply> =>
      send('simulator/behaviour', { ...tls, method: 'PUT', body });
    expect(await put('{"mode":"slow","delayMs":5}')).toMatchObject({ status: 200 });
    expect(simulator.behaviour()).toEqual({ mode: 'slow', delayMs: 5 });
    expect(await put('{"mode":"suspended"}')).toMatchObject({ status: 200 });
    expect(await askAs({})).toMatchObject({ outcome: 'suspended' });
    for (const bad of ['', '{"mode":"kind"}', '{"mode":"slow","delayMs":-1}', 'null']) {
      expect(await put(bad)).toMatchObject({ status: 400 });
    }
    expect(simulator.behaviour()).toEqual({ mode: 'suspended' });
  });

  it('and says what it counted', async () => {
    const tls = await pem(ours.kiroku);
    const { status, body } = await send('simulator/statistics', { ...tls, method: 'GET' });
    expect(status).toBe(200);
    expect(JSON.parse(body)).toEqual(simulator.statistics());
    expect(await send('elsewhere', { ...tls, method: 'GET' })).toMatchObject({ status: 404 });
  });
});
