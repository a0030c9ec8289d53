/** A failure that says what is wrong in both languages, and what to do about it. */
export class BilingualError extends Error {
  constructor(
    /** For machines, in kebab case. */
    readonly code: string,
    readonly ja: string,
    readonly en: string,
    options?: ErrorOptions,
  ) {
    super(`${ja}\n${en}`, options);
    this.name = 'BilingualError';
  }
}

/** What was typed asks for nothing, or for two things at once. */
export const wrongCall = (ja: string, en: string): BilingualError => new BilingualError('wrong-call', ja, en);
