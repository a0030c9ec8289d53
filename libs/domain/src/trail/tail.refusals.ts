/** Every code with which a tail is refused, besides those of its query and its reason. */
export const tailRefusals = [
  'tail-query-not-for-url',
  'tail-text-not-followed',
  'tail-position-unknown',
  'check-digit-wrong',
] as const;
export type TailRefusal = (typeof tailRefusals)[number];
