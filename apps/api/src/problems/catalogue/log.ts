import type { ProblemTexts } from './text.js';

/** Of the log in public: proofs and served files. */
export const logProblems = {
  'event-not-in-log-yet': {
    status: 404,
    ja: {
      title: 'ログへの登録待ち',
      detail:
        'このイベントは記録されていますが、まだ検証可能ログに入っていないため証明できません。通常は 1 秒以内に入ります。Retry-After の秒数の後に再度お試しください。',
    },
    en: {
      title: 'Not in the log yet',
      detail:
        'The event is recorded and not in the verifiable log yet, so there is no proof. It gets there within a second, as a rule: ask again after Retry-After.',
    },
  },
} as const satisfies ProblemTexts;
