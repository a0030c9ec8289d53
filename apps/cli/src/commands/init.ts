import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ConcludeAgreement } from '#domain';
import { initialise, makeDemoPki, type Rooms, standardTerms } from '#wiring';
import { BilingualError } from '../bilingual-error.js';
import { overRooms } from './over-rooms.js';

/** Makes an installation and tells the one-time PINs, once, on standard output. */
export const init = (
  options: { readonly terms?: string; readonly demoPki?: boolean },
  environment?: NodeJS.ProcessEnv,
): Promise<number> =>
  overRooms(
    {
      prepare: async ({ secrets, agreement }) => {
        const names = ['terminal-1', 'terminal-2'];
        if (options.demoPki) await makeDemoPki(join(secrets, 'pki'), { now: new Date(), names });
        return options.terms ? termsFrom(options.terms) : standardTerms(agreement);
      },
      work: tellFirstAccounts,
    },
    environment,
  );

async function tellFirstAccounts(rooms: Rooms, terms: ConcludeAgreement): Promise<void> {
  const { agreement, accounts, verifierKey } = await initialise(rooms, terms);
  process.stdout.write(`協定 agreement: ${agreement}\nログ検証鍵 verifier key: ${verifierKey}\n\n`);
  for (const { role, operator, pin } of accounts) {
    process.stdout.write(`${role.padEnd(18)} ${operator}  初期暗証番号 one-time PIN: ${pin}\n`);
  }
  process.stdout.write(
    '\n暗証番号は一度だけ表示されます。 The PINs are shown only once; each must be changed at first sign-in.\n',
  );
}

/** The decider checks the terms; this only says when the file is not there, or not JSON at all. */
function termsFrom(file: string): ConcludeAgreement {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as ConcludeAgreement;
  } catch (cause) {
    throw cause instanceof SyntaxError
      ? new BilingualError(
          'file-malformed',
          `--terms：ファイル ${file} は JSON ではありません`,
          `--terms: the file ${file} is not JSON`,
          { cause },
        )
      : new BilingualError(
          'file-missing',
          `--terms：ファイル ${file} がないか、読めません`,
          `--terms: the file ${file} is missing or cannot be read`,
          { cause },
        );
  }
}
