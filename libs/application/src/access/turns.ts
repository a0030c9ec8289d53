/** Lets work on one thing happen one after the other, and work on different things at the same time; within this process. */
export class Turns {
  private readonly last = new Map<string, Promise<unknown>>();

  /** Runs `work` once everything asked for earlier under the same name has ended, well or badly. */
  take<T>(name: string, work: () => Promise<T>): Promise<T> {
    const mine = (this.last.get(name) ?? Promise.resolve()).then(work);
    const ended = mine.then(
      () => undefined,
      () => undefined,
    );
    this.last.set(name, ended);
    void ended.finally(() => {
      if (this.last.get(name) === ended) this.last.delete(name);
    });
    return mine;
  }
}
