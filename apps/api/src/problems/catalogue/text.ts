/**
 * What people read, in one language. No personal data and no value that somebody typed (decision 20); about a
 * sign-in nothing that tells a wrong PIN from an unknown operator.
 */
export interface Wording {
  /** What happened. */
  readonly title: string;
  /** What it means, and what to do about it. */
  readonly detail: string;
}

/**
 * HTTP statuses of problems (RFC 9110). Of an inquiry: 403 a right is missing, 503 not available now, 422 anything
 * else that stands against the question.
 */
export type ProblemStatus = 400 | 401 | 403 | 404 | 409 | 410 | 413 | 415 | 422 | 429 | 500 | 502 | 503;

/** One problem as its capability words it. */
export interface ProblemText {
  readonly status: ProblemStatus;
  readonly ja: Wording;
  readonly en: Wording;
}

/** Problems by code. */
export type ProblemTexts = Readonly<Record<string, ProblemText>>;
