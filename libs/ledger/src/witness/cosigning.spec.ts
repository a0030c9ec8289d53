import { copyFileSync, cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import { eventAt, eventsIn, NOW, ORIGIN, Places, signerOf } from '../../test/sample-log.js';
import { parseCheckpoint } from '../core/checkpoint.js';
import { leafHash } from '../core/hashing.js';
import { parseNote, signatureLine } from '../core/note.js';
import { verifyTlogProof } from '../core/tlog-proof.js';
import { parseVerifierKey } from '../core/verifier-key.js';
import { witnessedBy } from '../core/witnessed.js';
import { openLog, type LogFiles } from '../file-log.js';
import type { Log } from '../port.js';
import { PublishedLog } from '../published-log.js';
import { Cosigning, type WitnessAddress } from './cosigning.js';
import { startWitness } from './witness-server.js';

const places = new Places();
const opened: { close(): Promise<unknown> }[] = [];
afterEach(async () => {
  for (const room of opened.splice(0)) await room.close();
  places.clear();
});
const keep = <T extends { close(): Promise<unknown> }>(room: T): T => {
  opened.push(room);
  return room;
};

const PLAIN = 'text/plain; charset=utf-8';
const append = { fence: 1, now: NOW };
const logIn = async (files: LogFiles): Promise<Log> =>
  keep(await openLog({ ...files, origin: ORIGIN, signer: signerOf(), now: NOW }));
const witnessOf = async (name = 'witness.example/w1'): Promise<WitnessAddress> => {
  const { directory } = places.make();
  const { url, verifierKey } = keep(
    await startWitness({ directory, name, logKeys: [signerOf().verifierKey], port: 0 }),
  );
  return { url, verifier: parseVerifierKey(verifierKey) };
};
/** What claims to be a witness, and answers like this. */
const impostor = async (
  status: number,
  body: string,
  type: string,
  verifier = parseVerifierKey(signerOf(50, 'impostor.example').verifierKey),
): Promise<WitnessAddress> => {
  const server: Server = createServer((request, response) => {
    request.resume();
    response.writeHead(status, {
      'content-type': type,
      ...(status === 307 ? { location: 'http://127.0.0.1:1/' } : {}),
    });
    response.end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  opened.push({
    close: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(resolve));
    },
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, verifier };
};
const cosignedNote = ({ directory }: LogFiles) =>
  parseNote(readFileSync(join(directory, 'checkpoint.cosigned'), 'utf8'));

describe('a log with witnesses', () => {
  it('publishes the checkpoint that they have cosigned, and asks again as it grows', async () => {
    const files = places.make();
    const log = await logIn(files);
    const witnesses = [await witnessOf('witness.example/w1'), await witnessOf('witness.example/w2')];
    const cosigning = new Cosigning(log, witnesses);
    for (const [from, to] of [
      [0, 0],
      [0, 3],
      [3, 300],
      [300, 300],
    ] as const) {
      await log.append(eventsIn(from, to), append);
      const { size, published, replies } = await cosigning.ask();
      expect([size, published, replies.map(({ reply }) => reply.kind)]).toEqual([
        to,
        true,
        ['cosigned', 'cosigned'],
      ]);
      const note = cosignedNote(files);
      expect(parseCheckpoint(note.text)).toMatchObject({ size: to });
      expect(
        witnessedBy(
          note,
          witnesses.map(({ verifier }) => verifier),
        ),
      ).toHaveLength(2);
    }
  });

  it('goes on from what a witness knows after a restart, with no state of its own', async () => {
    const files = places.make();
    const log = await logIn(files);
    const witness = await witnessOf();
    await log.append(eventsIn(0, 7), append);
    await new Cosigning(log, [witness]).ask();
    await log.append(eventsIn(7, 9), append);
    const { replies } = await new Cosigning(log, [witness]).ask();
    expect(replies).toMatchObject([{ witness: 'witness.example/w1', reply: { kind: 'cosigned' } }]);
  });

  it('gives proofs under the cosigned checkpoint, as long as that covers the entry', async () => {
    const files = places.make();
    const log = await logIn(files);
    const witness = await witnessOf();
    await log.append(eventsIn(0, 7), append);
    await new Cosigning(log, [witness]).ask();
    await log.append(eventsIn(7, 9), append);
    const published = PublishedLog.open(files.directory);
    const keys = { log: [parseVerifierKey(signerOf().verifierKey)], witnesses: [witness.verifier] };
    const verdictOn = (index: number) => {
      const proof = published.proofOf(index) ?? raise();
      return verifyTlogProof(proof, leafHash(Buffer.from(eventAt(index).entry)), keys);
    };
    expect(verdictOn(6)).toMatchObject({ holds: true, checkpoint: { size: 7 } });
    expect(verdictOn(8)).toEqual({ holds: false, failure: 'witness-missing', who: 'witness.example/w1' });
  });

  it('keeps what one witness gave when the other answers later, and never goes back', async () => {
    const files = places.make();
    const log = await logIn(files);
    const [one, two] = [await witnessOf('witness.example/w1'), await witnessOf('witness.example/w2')];
    await log.append(eventsIn(0, 3), append);
    const old = (await log.state()).note;
    await new Cosigning(log, [one]).ask();
    await new Cosigning(log, [two]).ask();
    expect(witnessedBy(cosignedNote(files), [one.verifier, two.verifier])).toHaveLength(2);
    await log.append(eventsIn(3, 5), append);
    await new Cosigning(log, [one]).ask();
    expect(await log.publishCosigned(old)).toBe(false);
    expect(parseCheckpoint(cosignedNote(files).text).size).toBe(5);
  });

  it('says so when somebody put a later one in the way that the log never had, instead of publishing none any more', async () => {
    const files = places.make();
    const log = await logIn(files);
    const cosigning = new Cosigning(log, [await witnessOf()]);
    await log.append(eventsIn(0, 3), append);
    await cosigning.ask();
    const honest = readFileSync(join(files.directory, 'checkpoint.cosigned'), 'utf8');
    writeFileSync(join(files.directory, 'checkpoint.cosigned'), honest.replace('\n3\n', '\n7\n'));
    await log.append(eventsIn(3, 5), append);
    await expect(cosigning.ask()).rejects.toMatchObject({ code: 'log-rolled-back' });
    writeFileSync(join(files.directory, 'checkpoint.cosigned'), honest);
    expect((await cosigning.ask()).published).toBe(true);
  });

  it('publishes no checkpoint that it never had', async () => {
    const [log, other] = [await logIn(places.make()), await logIn(places.make())];
    await log.append(eventsIn(0, 3), append);
    const { note: rewritten } = await other.append(eventsIn(0, 3, 'rewritten'), append);
    const { note: longer } = await other.append(eventsIn(3, 5), append);
    await expect(log.publishCosigned(rewritten)).rejects.toMatchObject({ code: 'log-inconsistent' });
    await expect(log.publishCosigned(longer)).rejects.toMatchObject({ code: 'log-rolled-back' });
    const stranger = keep(await openLog({ ...places.make(), origin: ORIGIN, signer: signerOf(8), now: NOW }));
    const { note: foreign } = await stranger.append(eventsIn(0, 3), append);
    await expect(log.publishCosigned(foreign)).rejects.toMatchObject({ code: 'malformed-note' });
  });
});

describe('a witness that does not cosign', () => {
  it('is a reply, and does not stop the others', async () => {
    const log = await logIn(places.make());
    await log.append(eventsIn(0, 3), append);
    const down = {
      url: 'http://127.0.0.1:1',
      verifier: parseVerifierKey(signerOf(51, 'down.example').verifierKey),
    };
    const { published, replies } = await new Cosigning(log, [down, await witnessOf()]).ask();
    expect(published).toBe(true);
    expect(replies.map(({ witness, reply }) => [witness, reply.kind])).toEqual([
      ['down.example', 'unreachable'],
      ['witness.example/w1', 'cosigned'],
    ]);
  });

  it.each<[string, string, number, string, string]>([
    ['says that it saw a fork', 'forked', 409, 'fork: …', PLAIN],
    ['cannot follow the proof', 'forked', 422, 'inconsistent: …', PLAIN],
    ['does not know the log', 'refused', 404, '', PLAIN],
    ['does not trust the key', 'refused', 403, '', PLAIN],
    ['knows another size each time', 'refused', 409, '1\n', 'text/x.tlog.size'],
    ['knows a larger log', 'ahead', 409, '4\n', 'text/x.tlog.size'],
    ['tells no size', 'refused', 409, 'x\n', 'text/x.tlog.size'],
    ['signs with another key', 'refused', 200, signatureOf('stranger.example'), PLAIN],
    ['answers nonsense', 'refused', 200, 'x', PLAIN],
    ['answers nothing', 'refused', 200, '', PLAIN],
    ['does not stop answering', 'unreachable', 200, 'x'.repeat(100_000), PLAIN],
    ['sends elsewhere', 'unreachable', 307, '', PLAIN],
  ])('%s: the reply is “%s”', async (_, kind, status, body, type) => {
    const files = places.make();
    const log = await logIn(files);
    await log.append(eventsIn(0, 3), append);
    const { published, replies } = await new Cosigning(log, [await impostor(status, body, type)]).ask();
    expect([published, replies.map(({ reply }) => reply.kind)]).toEqual([false, [kind]]);
    expect(PublishedLog.open(files.directory).cosigned()).toBeNull();
  });
});

describe('a log whose past is not what a witness saw', () => {
  it('is told: an old copy by a larger size, another history by a fork', async () => {
    const files = places.make();
    const log = await openLog({ ...files, origin: ORIGIN, signer: signerOf(), now: NOW });
    const witness = await witnessOf();
    await log.append(eventsIn(0, 3), append);
    await log.close();
    const backup = places.make();
    cpSync(files.directory, backup.directory, { recursive: true });
    copyFileSync(files.database, backup.database);
    const first = await logIn(files);
    await first.append(eventsIn(3, 6), append);
    await new Cosigning(first, [witness]).ask();

    const restored = await logIn(backup);
    const asked = new Cosigning(restored, [witness]);
    expect((await asked.ask()).replies).toMatchObject([{ reply: { kind: 'ahead', size: 6 } }]);
    await restored.append(eventsIn(3, 6, 'rewritten'), append);
    expect((await asked.ask()).replies).toMatchObject([{ reply: { kind: 'forked' } }]);
    await restored.append(eventsIn(6, 8), append);
    expect((await asked.ask()).replies).toMatchObject([{ reply: { kind: 'forked' } }]);
  });

  it('does not open over a cosigned checkpoint that is ahead of it, or contradicts it', async () => {
    const files = places.make();
    const log = await openLog({ ...files, origin: ORIGIN, signer: signerOf(), now: NOW });
    const { note: first } = await log.append(eventsIn(0, 3), append);
    const { note: second } = await log.append(eventsIn(3, 6), append);
    await log.close();
    const other = await logIn(places.make());
    const { note: rewritten } = await other.append(eventsIn(0, 3, 'rewritten'), append);
    const cosigned = join(files.directory, 'checkpoint.cosigned');
    for (const [note, code] of [
      [second.replace('\n6\n', '\n7\n'), 'log-rolled-back'],
      [rewritten, 'log-inconsistent'],
      ['x', 'log-inconsistent'],
    ] as const) {
      writeFileSync(cosigned, note);
      await expect(logIn(files)).rejects.toMatchObject({ code });
    }
    writeFileSync(cosigned, first);
    await logIn(files);
  });
});

describe('serving the files of a log', () => {
  it('serves the cosigned checkpoint where there are witnesses, and the latest where there are none', async () => {
    const files = places.make();
    const log = await logIn(files);
    await log.append(eventsIn(0, 3), append);
    const published = PublishedLog.open(files.directory);
    const sizeAt = (witnessed: boolean) =>
      parseCheckpoint(parseNote(String(published.serve('checkpoint', { witnessed })?.bytes)).text).size;
    expect(sizeAt(true)).toBe(3);
    await new Cosigning(log, [await witnessOf()]).ask();
    await log.append(eventsIn(3, 5), append);
    expect([sizeAt(true), sizeAt(false)]).toEqual([3, 5]);
    expect(published.serve('checkpoint', { witnessed: true })).toMatchObject({
      contentType: 'text/plain; charset=utf-8',
      cacheControl: 'private, max-age=2',
    });
  });

  it('serves the tiles that the checkpoint covers, for good, and nothing else', async () => {
    const files = places.make();
    const log = await logIn(files);
    await log.append(eventsIn(0, 3), append);
    await log.append(eventsIn(3, 300), append);
    // What a crash leaves: a tile beyond the checkpoint.
    writeFileSync(join(files.directory, 'tile/0/001.p/99'), Buffer.alloc(99 * 32));
    const published = PublishedLog.open(files.directory);
    const lengthOf = (path: string) => published.serve(path, { witnessed: false })?.bytes.length ?? null;
    expect(published.serve('tile/0/000', { witnessed: false })).toMatchObject({
      contentType: 'application/octet-stream',
      cacheControl: 'private, max-age=31536000, immutable',
    });
    expect(lengthOf('tile/0/000')).toBe(8_192);
    expect(lengthOf('tile/0/001.p/44')).toBe(44 * 32);
    // The partial tile of an older checkpoint is gone, and is the beginning of the full one.
    expect(lengthOf('tile/0/000.p/3')).toBe(96);
    expect(lengthOf('tile/entries/001.p/44')).toBeGreaterThan(0);
    for (const path of [
      'tile/0/001.p/99',
      'tile/0/001',
      'tile/1/000',
      'tile/2/000.p/1',
      'tile/0/000/',
      'tile/0/../../ledger.sqlite',
      '../ledger.sqlite',
      'checkpoint.cosigned',
      '',
    ]) {
      expect([path, lengthOf(path)]).toEqual([path, null]);
    }
    rmSync(join(files.directory, 'tile/0/000'));
    expect(lengthOf('tile/0/000')).toBeNull();
  });
});

/** A line that a key made over something else. */
function signatureOf(name: string): string {
  const signer = signerOf(52, name);
  return signatureLine({ name, keyId: signer.keyId, signature: signer.sign('x\n') });
}

function raise(): never {
  throw new Error('there is no proof');
}
