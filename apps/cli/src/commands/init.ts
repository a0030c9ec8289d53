import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Refused } from '#application';
import type { ConcludeAgreement } from '#domain';
import { initialise, makeDemoPki, openRooms, readConfiguration, standardTerms } from '#wiring';

/** Makes an installation and tells the one-time PINs, once, on standard output. */
export async function init(options: {
  readonly terms?: string;
  readonly demoPki?: boolean;
}): Promise<number> {
  try {
    const configuration = readConfiguration(process.env, 'cli');
    if (options.demoPki) {
      await makeDemoPki(join(configuration.secrets, 'pki'), {
        now: new Date(),
        names: ['terminal-1', 'terminal-2'],
      });
    }
    const terms = options.terms ? termsFrom(options.terms) : standardTerms(configuration.agreement);
    const rooms = await openRooms(configuration, 'cli', (error) => {
      process.stderr.write(`${error.message}\n`);
      process.exit(1);
    });
    try {
      const { agreement, accounts, verifierKey } = await initialise(rooms, terms);
      process.stdout.write(`協定 agreement: ${agreement}\nログ検証鍵 verifier key: ${verifierKey}\n\n`);
      for (const { role, operator, pin } of accounts) {
        process.stdout.write(`${role.padEnd(18)} ${operator}  初期暗証番号 one-time PIN: ${pin}\n`);
      }
      process.stdout.write(
        '\n暗証番号は一度だけ表示されます。 The PINs are shown only once; each must be changed at first sign-in.\n',
      );
      return 0;
    } finally {
      await rooms.close();
    }
  } catch (error) {
    const why = error instanceof Refused ? refusedText(error) : (error as Error).message;
    process.stderr.write(`${why}\n`);
    return 1;
  }
}

const refusedText = ({ refusals }: Refused): string =>
  refusals
    .map(
      ({ code, field }) =>
        `拒否されました refused: ${code}${field ? ` (${field})` : ''} — docs/problems.md#${code}`,
    )
    .join('\n');

/** The decider checks the terms; this only says when the file is not JSON at all. */
function termsFrom(file: string): ConcludeAgreement {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as ConcludeAgreement;
  } catch (cause) {
    throw new Error(`--terms: ${file} cannot be read as JSON`, { cause });
  }
}
