import { existsSync } from 'node:fs';
import { Operators } from '#application';
import { overRooms } from './over-rooms.js';

/** A directory that is mistyped must not become a new installation. */
class NoInstallation extends Error {
  constructor(data: string) {
    super(
      `${data} に Kiroku のデータがありません（KIROKU_DATA、KIROKU_CONFIG を確認）\nthere is no installation in ${data}: see KIROKU_DATA and KIROKU_CONFIG`,
    );
    this.name = 'NoInstallation';
  }
}

/**
 * Issues a PIN anew on the console and tells it, once, on standard output: for whoever approves or oversees, whose PIN
 * nobody may learn through the api, and so the way out when every terminal manager is locked. It is on record.
 */
export const issuePin = (operator: string, environment?: NodeJS.ProcessEnv): Promise<number> =>
  overRooms(
    {
      prepare: ({ data, paths }) => {
        if (!existsSync(paths.events)) throw new NoInstallation(data);
      },
      work: async ({ journal, credentials, operations, configuration: { agreement } }) => {
        const operators = new Operators(journal, credentials, operations.sessions);
        const context = { actor: { system: 'init' }, agreement, correlation: journal.newId() } as const;
        const { pin } = await operators.reissuePin(operator, context);
        process.stdout.write(`${operator}  初期暗証番号 one-time PIN: ${pin}\n`);
        process.stdout.write(
          '\n暗証番号は一度だけ表示されます。 The PIN is shown only once; it must be changed at first sign-in.\n',
        );
      },
    },
    environment,
  );
