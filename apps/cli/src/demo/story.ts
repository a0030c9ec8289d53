import { v7 as uuidv7 } from 'uuid';
import { addDays, tokyoDay } from '#domain';
import { openBusinessClock } from '#operations';
import { type Configuration, type DemoPki } from '#wiring';
import { type Cast, gather } from './cast.js';
import { type Answer, anyDigits, Client } from './client.js';
import type { DemoAccounts } from './accounts.js';
import { Alarm } from './alarm.js';
import { Evidence } from './evidence.js';
import type { CheckedLog } from './log-check.js';
import type { Mailbox } from './mailbox.js';
import type { Narrator } from './narrator.js';
import type { RunningProcess } from './processes.js';
import type { WebhookReceiver } from './webhook-receiver.js';
import { until } from './until.js';

export interface StoryParts {
  readonly configuration: Configuration;
  readonly pki: DemoPki;
  readonly accounts: DemoAccounts;
  readonly narrator: Narrator;
  readonly api: string;
  readonly provider: string;
  readonly worker: RunningProcess;
  readonly mailbox: Mailbox;
  readonly webhooks: WebhookReceiver;
  /** Verifier key of the provider's witness. */
  readonly witness: string;
}

/** The purpose of the day: examination of a new vehicle registration (新規検査の審査). */
const PURPOSE = 'rtva-59-1:examination';
const PERIOD_DAYS = 90;
/** A resident whom the simulator knows under every seed; see apps/registry-simulator. */
const RESIDENT = '24727059608';

/** One day at the counter, and what became of it ninety days later. */
export async function playStory(parts: StoryParts): Promise<void> {
  const clock = openBusinessClock({ offsetFile: parts.configuration.paths.clockOffset, mayAdvance: true });
  const dayNow = (): string => tokyoDay(clock.now());
  const today = dayNow();
  const desk = new Client(parts.provider, parts.pki, parts.pki.kiroku);
  parts.narrator.note(
    'Kiroku 記録 — 住民の記録を見るたびに、必ず記録が残る。 Every look at a resident’s record, on the record.',
  );
  parts.narrator.chapter(
    '開庁前：人と端末と約束事',
    'before opening: people, terminals, and what was agreed',
  );
  const cast = await gather(parts.api, parts.pki, parts.accounts, parts.narrator, today);
  try {
    const day = new Day(parts, cast, clock, today);
    const ask = (): Promise<Answer> => day.askForSomebody();
    const evidence = new Evidence({ ...parts, cast, ask, resident: RESIDENT, today: dayNow });
    const alarm = new Alarm({
      ...parts,
      cast,
      authority: parts.pki.authority.certificate,
      ask,
      provider: (mode) => desk.put('/simulator/behaviour', { mode }),
    });
    await alarm.exchangeContacts();
    await day.prepare();
    const inquiry = await day.inquire();
    await day.refuse();
    await day.alarm(alarm);
    await day.look(inquiry, evidence);
    const before = await day.prove(evidence);
    await day.ninetyDaysLater(inquiry, before, evidence);
  } finally {
    cast.close();
    desk.close();
  }
}

class Day {
  constructor(
    private readonly parts: StoryParts,
    private readonly cast: Cast,
    private readonly clock: ReturnType<typeof openBusinessClock>,
    private readonly today: string,
  ) {}

  /** Service hours, retention period, grant: proposed by one, approved by another. */
  async prepare(): Promise<void> {
    const { cast, today } = this;
    const hours = [0, 1, 2, 3, 4, 5, 6].map((weekday) => ({ weekday, from: 0, until: 1_440 }));
    const proposed = await cast.provider.post('/v1/service-hours', {
      hours,
      closedDays: [],
      effectiveFrom: today,
    });
    const set = await cast.managers[0].post(
      `/v1/service-hours/${String(proposed.body['proposal'])}/approval`,
    );
    this.tell(
      set.status === 204,
      '提供者が時間帯を定め、甲が承認',
      'the provider sets service hours; the recipient approves',
    );
    const period = await cast.retention.post('/v1/retention/periods', {
      purpose: PURPOSE,
      period: `P${PERIOD_DAYS}D`,
      effectiveFrom: today,
    });
    const approved = await cast.security.post(
      `/v1/retention/periods/${PURPOSE}/${String(period.body['proposal'])}/approval`,
    );
    this.tell(
      approved.status === 204,
      `保存期間 ${PERIOD_DAYS} 日を提案、別の者が承認`,
      `retention of ${PERIOD_DAYS} days is proposed and approved by a second person`,
    );
    const asked = await cast.operator.post('/v1/grants', {
      operator: cast.operatorId,
      terminal: 'terminal-1',
      purposes: [PURPOSE, 'rtva-67:acceptance'],
      from: today,
      until: addDays(today, 180),
      reason: '新規検査の窓口担当のため',
    });
    const early = await this.ask({ residentCode: RESIDENT });
    this.tell(
      early.status === 403,
      '承認前の照会は拒否され、拒否も記録',
      'an inquiry before approval is refused, and the refusal is on record',
    );
    const granted = await cast.managers[0].post(`/v1/grants/${String(asked.body['grant'])}/approval`);
    this.tell(
      granted.status === 204,
      '端末管理責任者が利用を承認',
      'the terminal manager approves the grant',
    );
  }

  /** Every outcome of an inquiry. Returns the id of the one whose answer is looked at again later. */
  async inquire(): Promise<string> {
    this.parts.narrator.chapter('窓口：照会と提供', 'at the counter: inquiries and what was provided');
    await until(
      'the grant to be known',
      async () => (await this.ask({ residentCode: '99999999995' })).status === 200,
    );
    const id = uuidv7();
    const found = await this.ask({ residentCode: RESIDENT }, { id });
    this.outcome(
      found,
      'found',
      `住民票コードで照会：${nameIn(found)}`,
      'by resident code: found; the answer left only after it was durable',
    );
    const rare = await this.ask({ residentCode: '24846016224' });
    this.outcome(
      rare,
      'found',
      `異体字・外字はそのまま：${nameIn(rare)}`,
      'variants and private-use characters are kept code point for code point',
    );
    this.outcome(
      await this.ask({ name: '古賀 稔彦', birthDate: '1961-04-01' }),
      'several',
      '氏名と生年月日で照会：複数',
      'by name and birth date: several',
    );
    this.outcome(
      await this.ask({ name: '寮 住人', address: '茨城県つくば市天久保' }),
      'too-many',
      '該当多数：件数のみ',
      'too many: a count only, no data',
    );
    this.outcome(
      await this.ask({ residentCode: '99999999995' }),
      'not-found',
      '該当なし（不存在とは限らない）',
      'not found, which is not “does not exist”',
    );
    this.outcome(
      await this.ask({ residentCode: '25208017643' }),
      'deleted-record',
      '消除された記録',
      'a deleted record',
    );
    const stray = await this.ask({ residentCode: '20000000010' });
    this.tell(
      stray.status === 200 && !JSON.stringify(stray.body).includes('123456789018'),
      '応答に混入した個人番号は保存せず破棄し、記録',
      'an individual number in the answer is discarded unstored, and the fault recorded',
    );
    const again = await this.ask({ residentCode: RESIDENT }, { id });
    this.tell(
      again.body['redelivered'] === true,
      '同じ照会の再送：同じ応答を再送として記録',
      'the same request again: the stored answer, recorded as redelivered',
    );
    return id;
  }

  /** What is refused, always with an event and a reasoned problem. */
  async refuse(): Promise<void> {
    this.parts.narrator.chapter('断られる照会', 'inquiries that are refused');
    const cases = [
      [
        'check-digit-wrong',
        '検査数字の誤り',
        'a wrong check digit',
        await this.ask({ residentCode: '25208017644' }),
      ],
      [
        'purpose-unlisted',
        '別記にない事務',
        'an affair that is not listed',
        await this.ask({ residentCode: RESIDENT }, { purpose: 'rtva-97-3-1:response' }),
      ],
      [
        'case-reference-missing',
        '事案番号なし',
        'no case reference',
        await this.ask({ residentCode: RESIDENT }, { caseReference: '' }),
      ],
      [
        'individual-number-not-allowed',
        '個人番号による照会',
        'a question by individual number',
        await this.ask({ individualNumber: '123456789018' }),
      ],
      [
        'retention-period-missing',
        '保存期間が未設定の事務',
        'a purpose without a retention period',
        await this.ask(
          { residentCode: RESIDENT },
          { purpose: 'rtva-67:acceptance', caseReference: `KN-2026-${anyDigits(6)}` },
        ),
      ],
    ] as const;
    for (const [code, ja, en, answer] of cases)
      this.tell(hasCode(answer, code), `${ja}：拒否`, `${en}: refused (${code})`);
  }

  /** One more inquiry of the day, for what it shows of the provider and of Kiroku. */
  askForSomebody(): Promise<Answer> {
    return this.ask({ residentCode: RESIDENT });
  }

  /** What goes wrong by itself, and who is told of it. */
  async alarm(alarm: Alarm): Promise<void> {
    this.parts.narrator.chapter(
      '最初の通報：障害と漏えいのおそれ',
      'the first alarm: a feared leak and a failure',
    );
    await alarm.individualNumber();
    await alarm.providerFails();
    await this.suspend();
    this.parts.narrator.chapter('ワーカーの急死', 'the worker is killed');
    await alarm.workerDies();
  }

  /** The provider suspends provision, and resumes it. */
  private async suspend(): Promise<void> {
    const suspended = await this.cast.provider.post('/v1/suspensions', { reason: '漏えいのおそれの調査' });
    const during = await this.ask({ residentCode: RESIDENT });
    const resumed = await this.cast.provider.post(
      `/v1/suspensions/${String(suspended.body['suspension'])}/end`,
    );
    this.tell(
      suspended.status === 201 && hasCode(during, 'provision-suspended') && resumed.status === 204,
      '提供者が提供を停止し、解除（第6条）',
      'the provider suspends provision, and resumes it (art. 6)',
    );
  }

  /** Seeing an answer again, and searching the trail: both are events. */
  async look(inquiry: string, evidence: Evidence): Promise<void> {
    this.parts.narrator.chapter('証跡：見たこともまた記録', 'the trail: looking is on record too');
    const shown = await this.cast.operator.post(`/v1/inquiries/${inquiry}/disclosures`, {
      reason: 'case-continued',
      note: '申請者から補正の申出',
    });
    this.tell(
      shown.status === 201 && nameIn(shown) !== '',
      '保存済みの応答を理由を付けて閲覧',
      'a stored answer is seen again, for a reason',
    );
    const { length } = await evidence.provided();
    this.tell(
      length >= 1,
      `住民票コードで証跡を検索：提供の記録 ${length} 件`,
      `the trail searched by resident: ${length} records provided`,
    );
    await evidence.count();
    await evidence.watch();
    await evidence.residentAsks();
  }

  /** What of it can be shown to somebody who trusts neither Kiroku nor whoever runs it. */
  async prove(evidence: Evidence): Promise<CheckedLog> {
    this.parts.narrator.chapter(
      '証拠：誰も信じない人に示す',
      'evidence, for somebody who trusts neither us nor our software',
    );
    await evidence.prove();
    await evidence.handOver();
    return evidence.wholeLog();
  }

  /** The clock moves past retention; nothing is destroyed before two people have looked. */
  async ninetyDaysLater(inquiry: string, before: CheckedLog, evidence: Evidence): Promise<void> {
    this.parts.narrator.chapter(`${PERIOD_DAYS + 1} 日後：消去`, `${PERIOD_DAYS + 1} days later: erasure`);
    this.clock.advance((PERIOD_DAYS + 1) * 86_400_000);
    const hold = await until('the run to be held', async () => {
      const due = await this.cast.retention.get('/v1/retention/due');
      return (due.body['hold'] as { run: string } | null)?.run ?? null;
    });
    this.tell(
      true,
      '時計が大きく進んだため消去は停止、2名の確認待ち',
      'the clock jumped: the run waits for two people before it destroys anything',
    );
    const one = await this.cast.retention.post(`/v1/erasure-holds/${hold}/approvals`);
    const same = await this.cast.retention.post(`/v1/erasure-holds/${hold}/approvals`);
    const two = await this.cast.security.post(`/v1/erasure-holds/${hold}/approvals`);
    this.tell(
      one.status === 200 && same.status === 403 && two.body['released'] === true,
      '保存責任者とセキュリティ責任者が承認（同じ者は二度承認できない）',
      'two different people release it',
    );
    const erasure = await until('the erasure to be verified', async () => {
      const gone = await this.cast.operator.post(`/v1/inquiries/${inquiry}/disclosures`, {
        reason: 'case-continued',
      });
      const reference = gone.status === 410 ? gone.body['erasure'] : undefined;
      if (typeof reference !== 'string') return null;
      const report = await this.cast.retention.get(`/v1/erasures/${reference}`);
      return report.body['state'] === 'verified' ? report : null;
    });
    this.tell(
      true,
      `消去済み・復元不能を確認：${String(erasure.body['inquiries'])} 件の照会`,
      `erased and unrecoverable: ${String(erasure.body['inquiries'])} inquiries; the disclosure is answered 410 with this erasure`,
    );
    const { length } = await evidence.provided();
    this.tell(
      length >= 1,
      `消去後も「誰に提供されたか」は検索できる：${length} 件`,
      `who was given this resident’s data is still found after erasure: ${length}`,
    );
    const after = await evidence.verified(before.size);
    this.tell(
      after.ok && after.earlierRoot === before.root,
      'ログは今も検証でき、以前のルートは変わらない',
      'the log still verifies, with the same earlier root',
    );
  }

  private ask(
    question: object,
    {
      id = uuidv7(),
      purpose = PURPOSE,
      caseReference = `SK-2026-${anyDigits(6)}`,
    }: { id?: string; purpose?: string; caseReference?: string } = {},
  ): Promise<Answer> {
    // The same id must come with the same case: the demo's repeats ask exactly the same.
    const body = { purpose, caseReference: this.cases.get(id) ?? caseReference, question };
    this.cases.set(id, body.caseReference);
    return this.cast.operator.post('/v1/inquiries', body, { 'idempotency-key': id });
  }
  private readonly cases = new Map<string, string>();

  private outcome(answer: Answer, expected: string, ja: string, en: string): void {
    this.tell(answer.status === 200 && answer.body['outcome'] === expected, ja, en);
  }

  private tell(held: boolean, ja: string, en: string): void {
    this.parts.narrator.tell(held, ja, en);
  }
}

const hasCode = ({ body }: Answer, code: string): boolean =>
  ((body['errors'] as { code: string }[] | undefined) ?? []).some((error) => error.code === code);

const nameIn = ({ body }: Answer): string =>
  ((body['records'] as { name: string }[] | undefined) ?? [])[0]?.name ?? '';
