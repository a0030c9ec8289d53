import type { ProblemTexts } from './text.js';

/** Alerts (通報). Nobody is told whether a link is wrong or its alert never was: one text serves both. */
export const alertProblems = {
  'alert-not-found': {
    status: 404,
    ja: {
      title: '該当する通報なし',
      detail:
        'この通報は記録にありません。通報のリンクを開いた場合は、途中で切れていないか確かめ、全体を開いてください。記録できない間に送られた通報は、復旧後に確認できます。',
    },
    en: {
      title: 'No such alert',
      detail:
        'No such alert is on record. If you followed a link, see whether it was cut off, and open all of it. An alert that was sent while nothing could be recorded can be acknowledged once the trouble is over.',
    },
  },
  'alert-missing': {
    status: 404,
    ja: {
      title: '記録されていない通報',
      detail: 'この通報は記録されていません。事案を開き、通報の識別子を確認してください。',
    },
    en: {
      title: 'Alert not on record',
      detail: 'This alert is not on record. See the incident for the ids of its alerts.',
    },
  },
  'alert-of-other-party': {
    status: 403,
    ja: {
      title: '相手方への通報',
      detail: 'この通報は相手方の連絡先に宛てたもので、確認できるのは相手方の者だけです。',
    },
    en: {
      title: 'Alert to the other party',
      detail: 'This alert went to a contact of the other party; only its people acknowledge it.',
    },
  },
} as const satisfies ProblemTexts;
