/**
 * A purpose is one affair (article of the Road Transport Vehicle Act) with one step (schedule 1):
 * five affairs, 14 purposes. There is no "response" under art. 97-3(1).
 */
export const affairs = ['rtva-12-1', 'rtva-59-1', 'rtva-67', 'rtva-71-4', 'rtva-97-3-1'] as const;
export type Affair = (typeof affairs)[number];

export const steps = ['acceptance', 'examination', 'response'] as const;
export type Step = (typeof steps)[number];

/** `<affair>:<step>`, for example `rtva-59-1:examination`. */
export type Purpose = string;

export const purposes: readonly Purpose[] = affairs.flatMap((affair) =>
  steps
    .filter((step) => !(affair === 'rtva-97-3-1' && step === 'response'))
    .map((step) => `${affair}:${step}`),
);

export const isPurpose = (value: unknown): value is Purpose =>
  typeof value === 'string' && purposes.includes(value);

/** The affair in front of the colon; empty where there is no colon, so that it never names another affair by chance. */
export const affairOf = (purpose: Purpose): string => purpose.slice(0, Math.max(0, purpose.indexOf(':')));
