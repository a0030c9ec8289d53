import { Operators } from '#application';
import { overRooms } from './over-rooms.js';

/**
 * Issues a PIN anew on the console and tells it, once, on standard output: for whoever approves or oversees, whose PIN
 * nobody may learn through the api, and so the way out when every terminal manager is locked. It is on record.
 */
export const issuePin = (operator: string, environment?: NodeJS.ProcessEnv): Promise<number> =>
  overRooms(
    {
      prepare: () => undefined,
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
