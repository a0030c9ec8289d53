/** Tells the story line by line, in Japanese and English, and remembers whether every step held. */
export class Narrator {
  private step = 0;
  failures = 0;

  chapter(ja: string, en: string): void {
    process.stdout.write(`\n■ ${ja}\n  ${en}\n`);
  }

  /** One step: what happened, and whether it is what should happen. */
  tell(held: boolean, ja: string, en: string): void {
    this.step += 1;
    if (!held) this.failures += 1;
    process.stdout.write(
      `  ${held ? '✓' : '✗'} ${String(this.step).padStart(2, '0')}  ${ja}\n         ${en}\n`,
    );
  }

  note(text: string): void {
    process.stdout.write(`${text}\n`);
  }
}
