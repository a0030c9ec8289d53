import { execFileSync, spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Cosigning, formatTlogProof, openLog, parseVerifierKey, PublishedLog, startWitness } from '#ledger';
import { eventsIn, NOW, ORIGIN, Places, signerOf } from '../../libs/ledger/test/sample-log.js';

/**
 * A log of ours, checked by golang.org/x/mod/sumdb: code that was there before us, and whose authors have never heard of
 * us. Where it agrees, the log is what the specifications say; where we had misread them, it would not.
 */
const GO_PATH = '/usr/share/gocode';
const hasGo =
  spawnSync('go', ['version'], { stdio: 'ignore' }).status === 0 &&
  existsSync(join(GO_PATH, 'src/golang.org/x/mod/sumdb/tlog'));
const inCi = process.env['KIROKU_CI'] === '1';
/** A newcomer's machine may lack it; where CI runs a missing tool is a failure. */
const describeWithGo = hasGo || inCi ? describe : describe.skip;
const TO_INSTALL = hasGo || inCi ? '' : ' (skipped: apt-get install golang-go golang-golang-x-mod-dev)';
const BUILD_MS = 300_000;

/** The data of a demo that was played before: CI plays it first (.ci/run), and there it must be given. */
const demoData = process.env['DEMO_DATA'] ?? '';
const itAfterTheDemo = demoData !== '' || inCi ? it : it.skip;
const TO_PLAY =
  demoData !== '' || inCi ? '' : ' (skipped: npm run demo -- --exit, and DEMO_DATA=$PWD/data npm test)';

const { verifierKey } = signerOf();
const append = { fence: 1, now: NOW };

describeWithGo(`a stranger's program${TO_INSTALL}`, () => {
  const places = new Places();
  let built: string;
  let program: string;
  beforeAll(() => {
    built = mkdtempSync(join(tmpdir(), 'kiroku-third-party-'));
    program = join(built, 'verify');
    // Neither modules nor network: Debian's sources, a cache of its own, and nothing of this machine's settings.
    execFileSync('go', ['build', '-o', program, resolve('test/third-party/verify.go')], {
      env: {
        PATH: process.env['PATH'],
        HOME: built,
        GOPATH: GO_PATH,
        GO111MODULE: 'off',
        GOFLAGS: '',
        GOPROXY: 'off',
        GOCACHE: join(built, 'cache'),
        CGO_ENABLED: '0',
      },
      stdio: ['ignore', 'ignore', 'inherit'],
    });
  }, BUILD_MS);
  afterAll(() => {
    places.clear();
    if (built) rmSync(built, { recursive: true, force: true });
  });

  const verify = (directory: string, ...more: readonly string[]) => {
    const { status, stdout, stderr } = spawnSync(program, ['-log', directory, '-key', verifierKey, ...more], {
      encoding: 'utf8',
    });
    return { status, said: stdout + stderr };
  };
  /** A log that grew in portions, and the checkpoints that it had in between, as files. */
  async function logOf(...portions: readonly number[]): Promise<{ directory: string; earlier: string[] }> {
    const files = places.make();
    const log = await openLog({ ...files, origin: ORIGIN, signer: signerOf(), now: NOW });
    const earlier: string[] = [];
    let size = 0;
    for (const portion of portions) {
      const { note } = await log.append(eventsIn(size, size + portion), append);
      size += portion;
      earlier.push(join(files.directory, '..', `checkpoint-${size}`));
      writeFileSync(earlier.at(-1) ?? '', note);
    }
    await log.close();
    return { directory: files.directory, earlier };
  }

  it.each([[[]], [[1]], [[255]], [[256]], [[257]], [[3, 252, 1, 1, 700]]])(
    'accepts a log that grew by %j entries: signature, every entry, tile, root, inclusion and consistency',
    async (portions) => {
      const { directory, earlier } = await logOf(...portions);
      const size = portions.reduce((sum, portion) => sum + portion, 0);
      expect(verify(directory, ...earlier.flatMap((file) => ['-earlier', file]))).toEqual({
        status: 0,
        said: expect.stringMatching(new RegExp(`^${ORIGIN}: ${size} entries, root .*: everything holds\n$`)),
      });
    },
  );

  it('accepts a log of three levels of tiles', async () => {
    const { directory, earlier } = await logOf(65_000, 5_000);
    const result = verify(directory, ...earlier.flatMap((file) => ['-earlier', file]));
    expect(result).toMatchObject({ status: 0, said: expect.stringContaining('70000 entries') });
  }, 120_000);

  it('accepts a checkpoint that two keys have signed, by either', async () => {
    const files = places.make();
    const signer = [signerOf(8), signerOf(7)];
    const log = await openLog({ ...files, origin: ORIGIN, signer, now: NOW });
    await log.append(eventsIn(0, 20), append);
    await log.close();
    expect(verify(files.directory)).toMatchObject({ status: 0 });
    expect(verify(files.directory, '-key', signerOf(8).verifierKey)).toMatchObject({ status: 0 });
    expect(verify(files.directory, '-key', signerOf(9).verifierKey)).toMatchObject({ status: 1 });
  });

  it('accepts the cosignatures of our witness, and our proofs', async () => {
    const files = places.make();
    const log = await openLog({ ...files, origin: ORIGIN, signer: signerOf(), now: NOW });
    const state = places.make().directory;
    const witness = await startWitness({
      directory: state,
      name: 'witness.example/w',
      logKeys: [verifierKey],
      port: 0,
    });
    try {
      await log.append(eventsIn(0, 300), append);
      const cosigning = new Cosigning(log, [
        { url: witness.url, verifier: parseVerifierKey(witness.verifierKey) },
      ]);
      expect((await cosigning.ask()).published).toBe(true);
      await log.append(eventsIn(300, 310), append);
    } finally {
      await witness.close();
      await log.close();
    }
    const proofs = [0, 299, 309].map((index) => {
      const file = join(files.directory, '..', `${index}.tlog-proof`);
      const proof = PublishedLog.open(files.directory).proofOf(index);
      writeFileSync(file, proof === null ? '' : formatTlogProof(proof));
      return file;
    });
    const asked = ['-witness', witness.verifierKey, ...proofs.flatMap((file) => ['-proof', file])];
    expect(verify(files.directory, ...asked)).toMatchObject({ status: 0 });
    const forged = proofs[1] ?? '';
    writeFileSync(forged, readFileSync(forged, 'utf8').replace('index 299', 'index 298'));
    expect(verify(files.directory, ...asked)).toMatchObject({
      status: 1,
      said: expect.stringContaining(forged),
    });
    const other = join(files.directory, 'checkpoint.cosigned');
    writeFileSync(other, readFileSync(other, 'utf8').replace('— witness.example/w', '— witness.example/v'));
    expect(verify(files.directory, '-witness', witness.verifierKey)).toMatchObject({ status: 1 });
  });

  itAfterTheDemo(`accepts the log that the demo wrote${TO_PLAY}`, () => {
    const at = (path: string): string => join(demoData, path);
    const textOf = (path: string): string => readFileSync(at(path), 'utf8').trim();
    const [witness = ''] = textOf('demo/provider/witnesses').split(' ');
    const seen = readdirSync(at('demo/checkpoints')).map((name) => at(join('demo/checkpoints', name)));
    expect(seen.length).toBeGreaterThan(1);
    const keys = ['-key', textOf('ledger/verifier-key'), '-witness', witness];
    const earlier = seen.flatMap((file) => ['-earlier', file]);
    const words = ['-log', at('ledger/log'), ...keys, ...earlier, '-proof', at('demo/event.tlog-proof')];
    const { status, stdout, stderr } = spawnSync(program, words, { encoding: 'utf8' });
    expect([status, stderr]).toEqual([0, '']);
    const [, entries] = /: (\d+) entries, root .*: everything holds\n$/.exec(stdout) ?? [];
    expect(Number(entries)).toBeGreaterThan(100);
  });

  const change = (path: string, at: number) => (directory: string) => {
    const bytes = readFileSync(join(directory, path));
    bytes[at] = (bytes[at] ?? 0) ^ 1;
    writeFileSync(join(directory, path), bytes);
  };
  it.each<[string, string, (directory: string) => void]>([
    ['a flipped bit in an entry', 'checkpoint', change('tile/entries/001', 60)],
    ['a flipped bit in a tile', 'tile/0/001', change('tile/0/001', 60)],
    ['a flipped bit in a level-1 tile', 'tile/1/000.p/2', change('tile/1/000.p/2', 60)],
    ['a missing tile', 'tile/0/001', (directory) => rmSync(join(directory, 'tile/0/001'))],
    [
      'two swapped bundles',
      'checkpoint',
      (directory) => {
        const [one, two] = ['tile/entries/000', 'tile/entries/001'].map((path) => join(directory, path)) as [
          string,
          string,
        ];
        renameSync(one, `${one}.swapped`);
        renameSync(two, one);
        renameSync(`${one}.swapped`, two);
      },
    ],
    ['a forged checkpoint', 'checkpoint', change('checkpoint', 22)],
  ])('refuses %s, and names the place: %s', async (_, place, damage) => {
    const { directory } = await logOf(700);
    expect(verify(directory)).toMatchObject({ status: 0 });
    damage(directory);
    expect(verify(directory)).toMatchObject({ status: 1, said: expect.stringContaining(place) });
  });

  it('refuses a log that was rewritten or cut since a checkpoint was seen', async () => {
    const { directory, earlier } = await logOf(40, 60);
    const files = places.make();
    const rewritten = await openLog({ ...files, origin: ORIGIN, signer: signerOf(), now: NOW });
    await rewritten.append([...eventsIn(0, 39), ...eventsIn(39, 40, 'forged'), ...eventsIn(40, 120)], append);
    await rewritten.close();
    const seen = ['-earlier', earlier[0] ?? ''];
    expect(verify(directory, ...seen)).toMatchObject({ status: 0 });
    expect(verify(files.directory, ...seen)).toMatchObject({
      status: 1,
      said: expect.stringContaining('the log was rewritten'),
    });
    const { directory: cut } = await logOf(30);
    expect(verify(cut, ...seen)).toMatchObject({
      status: 1,
      said: expect.stringContaining('its tail was cut off'),
    });
  });
});
