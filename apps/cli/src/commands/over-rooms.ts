import { Refused } from '#application';
import { type Configuration, openRooms, readConfiguration, type Rooms } from '#wiring';

/** What a command does with the rooms of the installation. */
export interface Command<T> {
  /** Before the rooms are opened: what must be there, or be readable, first. */
  readonly prepare: (configuration: Configuration) => Promise<T> | T;
  readonly work: (rooms: Rooms, prepared: T) => Promise<void>;
}

/** Runs a command on the installation that the environment names. Returns the exit code; a failure is told on stderr. */
export async function overRooms<T>(
  { prepare, work }: Command<T>,
  environment: NodeJS.ProcessEnv = process.env,
): Promise<number> {
  try {
    const configuration = readConfiguration(environment, 'cli');
    const prepared = await prepare(configuration);
    const rooms = await openRooms(configuration, 'cli', (error) => {
      process.stderr.write(`${error.message}\n`);
      process.exit(1);
    });
    try {
      await work(rooms, prepared);
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
