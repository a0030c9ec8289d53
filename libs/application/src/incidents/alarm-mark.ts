import {
  type AnswerFault,
  type FaultKind,
  faultOf,
  type RecordedAlertEvent,
  type RecordedContactEvent,
  type RecordedErasureHoldEvent,
  type RecordedFaultEvent,
  type RecordedIncidentEvent,
  type RecordedInquiryEvent,
} from '#domain';

/** Everything that an event can be to the alarm. */
export type SeenEvent =
  | RecordedInquiryEvent
  | RecordedErasureHoldEvent
  | RecordedIncidentEvent
  | RecordedFaultEvent
  | RecordedAlertEvent
  | RecordedContactEvent;

/** How often events have shown a fault since that was last put on record. */
export interface FaultCount {
  readonly agreement: string;
  readonly kind: FaultKind;
  /** Seen after `through`, and not on record. */
  readonly pending: number;
  /** The last event that is counted on record, or null. */
  readonly through: string | null;
  /** The last event that shows it. */
  readonly last: string;
  /** The provider has answered well since. */
  readonly good: boolean;
}

/** What the policies remember: a fold over everything that they have read, kept with the position. */
export interface AlarmMark {
  /** Ids of the open incidents, oldest first. */
  readonly open: readonly string[];
  /** By fault (`faultOf`). */
  readonly faults: Readonly<Record<string, FaultCount>>;
}

export const emptyAlarmMark: AlarmMark = { open: [], faults: {} };

/** The types that change the mark, or that something follows from. All others are not even parsed. */
export const seenTypes: ReadonlySet<string> = new Set<SeenEvent['type']>([
  'AnswerFaulty',
  'InquiryOutcomeUnknown',
  'InformationProvided',
  'NothingProvided',
  'ErasureHeld',
  'IncidentDeclared',
  'IncidentClosed',
  'FaultOpened',
  'FaultRepeated',
  'FaultCleared',
  'ContactRegistered',
]);

/** What an event shows to be wrong; events of this kind are counted. */
export function faultShownBy(event: SeenEvent): FaultKind | null {
  switch (event.type) {
    case 'AnswerFaulty':
      return answerFaults[event.data.fault];
    case 'InquiryOutcomeUnknown':
      return event.data.cause === 'not-recorded' ? 'unrecorded' : null;
    default:
      return null;
  }
}

const answerFaults: Readonly<Record<AnswerFault, FaultKind>> = {
  'individual-number': 'individual-number-received',
  unreachable: 'provider-unreachable',
  timeout: 'provider-unreachable',
  'too-large': 'provider-answers-wrongly',
  malformed: 'provider-answers-wrongly',
  replayed: 'provider-answers-wrongly',
  'not-authentic': 'provider-answers-wrongly',
};

/** The provider gave an answer: with `provider-unavailable` the client says that there was none. */
const isAnswer = (event: SeenEvent): boolean =>
  event.type === 'InformationProvided' ||
  (event.type === 'NothingProvided' && event.data.outcome !== 'provider-unavailable');

/**
 * The mark after one more event; the same object where nothing changed. The same fold for what is read on and for
 * what is read again from the beginning.
 */
export function noteEvent(mark: AlarmMark, event: SeenEvent): AlarmMark {
  const kind = faultShownBy(event);
  if (kind) return noteFault(mark, event, kind);
  if (isAnswer(event)) return noteAnswer(mark, event);
  switch (event.type) {
    case 'IncidentDeclared': {
      const { incident } = event.data;
      return mark.open.includes(incident) ? mark : { ...mark, open: [...mark.open, incident] };
    }
    case 'IncidentClosed':
      return { ...mark, open: mark.open.filter((incident) => incident !== event.data.incident) };
    default:
      return mark;
  }
}

function noteFault(mark: AlarmMark, event: SeenEvent, kind: FaultKind): AlarmMark {
  const { agreement } = event;
  const fault = faultOf(agreement, kind);
  const known = mark.faults[fault];
  const count: FaultCount = {
    agreement,
    kind,
    pending: (known?.pending ?? 0) + 1,
    through: known?.through ?? null,
    last: event.id,
    good: false,
  };
  return withCount(mark, fault, count);
}

function noteAnswer(mark: AlarmMark, event: SeenEvent): AlarmMark {
  const due = Object.entries(mark.faults).filter(
    ([, count]) => count.agreement === event.agreement && !count.good,
  );
  return due.reduce((noted, [fault, count]) => withCount(noted, fault, { ...count, good: true }), mark);
}

/** The mark with what is on record of a fault; null: nothing is left to be counted. */
export function withCount(mark: AlarmMark, fault: string, count: FaultCount | null): AlarmMark {
  const { [fault]: _before, ...others } = mark.faults;
  return { ...mark, faults: count ? { ...others, [fault]: count } : others };
}

/**
 * The same for an event that lies in the past, with what is on record of the faults read off their own events:
 * while a mark is made anew nothing is counted and nothing is commanded. A fault that was seen before it was first
 * put on record is not remembered: who rebuilds does not alarm about the past.
 */
export function rememberEvent(mark: AlarmMark, event: SeenEvent): AlarmMark {
  switch (event.type) {
    case 'FaultOpened':
      return withCount(mark, event.data.fault, {
        agreement: event.agreement,
        kind: event.data.kind,
        pending: 0,
        through: event.data.through,
        last: event.data.through ?? event.id,
        good: false,
      });
    case 'FaultRepeated': {
      const known = mark.faults[event.data.fault];
      const recorded = { pending: 0, through: event.data.through };
      return known ? withCount(mark, event.data.fault, { ...known, ...recorded }) : mark;
    }
    case 'FaultCleared':
      return withCount(mark, event.data.fault, null);
    default: {
      const kind = faultShownBy(event);
      const known = !kind || Object.hasOwn(mark.faults, faultOf(event.agreement, kind));
      return known ? noteEvent(mark, event) : mark;
    }
  }
}
