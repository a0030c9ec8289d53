import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { v7 as uuidv7 } from 'uuid';
import type { Configuration } from '#wiring';
import type { DemoAccounts } from './accounts.js';
import type { Cast } from './cast.js';
import type { Answer } from './client.js';
import { type CheckedLog, checkLog } from './log-check.js';
import type { Narrator } from './narrator.js';
import { runKiroku } from './processes.js';
import { until } from './until.js';

export interface EvidenceParts {
  readonly configuration: Configuration;
  readonly accounts: DemoAccounts;
  readonly cast: Cast;
  readonly narrator: Narrator;
  /** The provider's witness: its verifier key. */
  readonly witness: string;
  /** Asks the register for a resident that it knows. */
  readonly ask: () => Promise<Answer>;
  /** Whom `ask` asks for: a resident code. */
  readonly resident: string;
  /** The business clock's day in Tokyo: midnight may come while the story is told. */
  readonly today: () => string;
}

/** What the story needs of a row of the trail. */
interface Row {
  readonly id: string;
}

/** The security officer's part of the day: who looked at whom, and evidence of it for somebody who trusts nobody. */
export class Evidence {
  constructor(private readonly parts: EvidenceParts) {}

  /** How many records of this resident were provided, as the trail says. */
  async provided(): Promise<readonly Row[]> {
    return this.search({ residentCode: this.parts.resident, type: 'RecordProvided' });
  }

  private async search(question: object): Promise<readonly Row[]> {
    const page = await this.parts.cast.security.post('/v1/audit/searches', {
      ...question,
      reason: '開示請求の調査',
      limit: 500,
    });
    return (page.body['rows'] as readonly Row[] | undefined) ?? [];
  }

  /** How often the operator of the day was answered, by a query. */
  async count(): Promise<void> {
    const { cast } = this.parts;
    const query = `operator:${cast.operatorId} (outcome:found OR outcome:several) -terminal:terminal-2`;
    const counted = await cast.security.post('/v1/audit/searches/count', {
      query,
      interval: 'hour',
      reason: '操作者の照会状況の確認',
    });
    const bars = (counted.body['histogram'] as readonly { count: number }[] | undefined) ?? [];
    const count = Number(counted.body['count']);
    this.tell(
      count > 0 && bars.reduce((sum, bar) => sum + bar.count, 0) === count,
      `検索式で数える：${count} 件（時間別の内訳つき）`,
      `counted by a query, also by the hour: ${query}`,
    );
  }

  /** Somebody asks about a protected person; the officer looks at what the detector found, and concludes. */
  async watch(): Promise<void> {
    const { cast, ask, resident } = this.parts;
    const reason = '住民基本台帳事務における支援措置';
    const watched = await cast.security.post('/v1/watch-list', { residentCode: resident, reason });
    const before = new Set((await this.openReviews()).map(({ review }) => review));
    await ask();
    const review = await until('a review of whoever asked about a watched person', async () => {
      const open = await this.openReviews();
      return open.find((each) => each.concern === 'resident' && !before.has(each.review)) ?? null;
    });
    const closed = await cast.security.post(`/v1/reviews/${review.review}/closure`, {
      conclusion: 'explained',
      finding: '窓口で本人が申請していたことを申請書で確認した。',
    });
    await cast.security.post(`/v1/watch-list/${String(watched.body['entry'])}/end`, {
      reason: 'デモの終わり',
    });
    this.tell(
      watched.status === 201 && closed.status === 204,
      '保護対象者への照会を検知し点検を開始、セキュリティ責任者が所見を付して終える',
      'an inquiry about a protected person opens a review; the security officer closes it with a finding',
    );
  }

  /** The resident asks who was given the data. */
  async residentAsks(): Promise<void> {
    const { cast, resident, today } = this.parts;
    const disclosureRequest = uuidv7();
    const received = await cast.security.post(
      '/v1/disclosure-requests',
      { reference: '開示-2026-1', receivedOn: today() },
      { 'idempotency-key': disclosureRequest },
    );
    const listed = await cast.security.post('/v1/subjects/provisions', {
      disclosureRequest,
      requesterChecked: true,
      residentCode: resident,
      format: 'pdf',
    });
    const file = this.write('provisions.pdf', listed.bytes);
    const answered = await cast.security.post(`/v1/disclosure-requests/${disclosureRequest}/answer`, {
      answer: 'disclosed',
      answeredOn: today(),
      remark: '窓口で本人に交付した。',
    });
    const isPdf = listed.status === 200 && listed.bytes.subarray(0, 5).toString() === '%PDF-';
    this.tell(
      received.status === 201 && isPdf && answered.status === 204,
      `本人からの開示請求を受け付け（期限 ${String(received.body['dueOn'])}）、提供状況の一覧を PDF で作成して回答（${file}）`,
      'the resident asks who was given the data: registered with its last day, listed as a PDF to hand over, answered',
    );
  }

  /** One event, proved to somebody who has nothing but two verifier keys. */
  async prove(): Promise<void> {
    const { accounts, cast, witness } = this.parts;
    const [row] = await this.provided();
    const answered = await until('the proof of an event, cosigned', async () => {
      const { bytes } = await cast.provider.get(`/v1/events/${row?.id ?? ''}/proof`);
      const proof = bytes.toString();
      return proof.includes(`— ${nameIn(witness)} `) ? proof : null;
    });
    const keys = ['--key', accounts.verifierKey, '--witness', witness];
    const proof = this.write('event.tlog-proof', answered);
    const holds = await runKiroku(['verify', '--proof', proof, ...keys]);
    const extra = /^extra (\S+)$/m.exec(answered)?.[1] ?? '';
    const altered = Buffer.from(extra, 'base64').toString().replace('"agreement":"', '"agreement":"x');
    const forged = this.write(
      'altered.tlog-proof',
      answered.replace(extra, Buffer.from(altered).toString('base64')),
    );
    const fails = await runKiroku(['verify', '--proof', forged, ...keys]);
    this.tell(
      holds === 0 && fails === 1,
      '提供の記録一件の証明：検証鍵と提供者（証人）の連署だけで検証、一文字変えれば不成立',
      'one provision is proved offline by the log’s key and the provider’s cosignature; one letter changed, and it fails',
    );
  }

  /** A part of the trail leaves with its proofs. */
  async handOver(): Promise<void> {
    const { accounts, cast, configuration, witness } = this.parts;
    const requested = await cast.security.post('/v1/audit/exports', {
      query: `operator:${cast.operatorId}`,
      format: 'jsonl',
      reason: '監査委員の求めによる',
    });
    const answer = await cast.security.post(`/v1/audit/exports/${String(requested.body['export'])}/file`);
    const file = this.write('trail.jsonl', answer.bytes);
    await this.logUpToDate();
    const keys = ['--key', accounts.verifierKey, '--witness', witness];
    const alone = await runKiroku(['verify', '--export', file, ...keys]);
    const beside = await runKiroku(['verify', '--export', file, ...keys, '--log', configuration.paths.log]);
    this.tell(
      answer.status === 200 && alone === 0 && beside === 0,
      `証跡 ${String(requested.body['rows'])} 件を書き出し：すべてログにあり、該当するものはそれで全部`,
      'an export: every row is in the log, by its own proofs; and beside the log, that they are all that match',
    );
  }

  /** The whole log, checked from its files alone. */
  async wholeLog(): Promise<CheckedLog> {
    const { accounts, configuration, witness } = this.parts;
    const verified = await this.verified();
    const keys = ['--key', accounts.verifierKey, '--witness', witness];
    const cosigned = await runKiroku(['verify', configuration.paths.log, ...keys]);
    this.tell(
      verified.ok && cosigned === 0,
      `ログを検証：${verified.size} 件、ルート ${verified.root.slice(0, 16)}…、証人の連署あり`,
      `the log verifies: ${verified.size} entries, hashes, root and signature, cosigned by the provider’s witness`,
    );
    return verified;
  }

  /** Checks the log once it covers everything recorded so far. */
  async verified(earlier?: number): Promise<CheckedLog> {
    await this.logUpToDate();
    return checkLog(this.parts.configuration, this.parts.accounts.verifierKey, earlier);
  }

  private async logUpToDate(): Promise<void> {
    await until('the log to be up to date', async () => {
      const { body } = await this.parts.cast.security.get('/readyz');
      return (body['checks'] as { log?: { value?: number } } | undefined)?.log?.value === 0;
    });
  }

  private async openReviews(): Promise<readonly { review: string; concern: string }[]> {
    const { body } = await this.parts.cast.security.get('/v1/reviews?limit=500');
    const reviews = body['reviews'] as { review: string; state: string; concern: string }[] | undefined;
    return (reviews ?? []).filter(({ state }) => state === 'open');
  }

  /** Beside the data, for whoever wants to look at it. Returns the file's place. */
  private write(name: string, content: string | Buffer): string {
    const directory = join(this.parts.configuration.data, 'demo');
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    const file = join(directory, name);
    writeFileSync(file, content, { mode: 0o600 });
    return file;
  }

  private tell(held: boolean, ja: string, en: string): void {
    this.parts.narrator.tell(held, ja, en);
  }
}

/** The name in a verifier key: what stands before the first plus sign. */
const nameIn = (verifierKey: string): string => verifierKey.split('+')[0] ?? '';
