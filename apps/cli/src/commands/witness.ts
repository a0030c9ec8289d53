import { LogInconsistent, type Refusal, type RunningWitness, startWitness } from '#ledger';
import { BilingualError, wrongCall } from '../bilingual-error.js';
import { tellWhyNot } from './why-not.js';

export interface WitnessCommand {
  readonly state: string;
  readonly logKey: readonly string[];
  readonly port: string;
  readonly host?: string;
  readonly name?: string;
}

/**
 * Runs a witness until SIGINT or SIGTERM. Returns 0 then, 1 when it has ever refused a fork of a log (the evidence is in
 * the state), 2 when it cannot start.
 */
export async function witness(options: WitnessCommand): Promise<number> {
  const port = /^\d{1,5}$/.test(options.port) ? Number(options.port) : Number.NaN;
  if (!(port <= 65_535))
    return tellWhyNot(
      wrongCall('--port は 0 から 65535 のポート番号', '--port is a port number, 0 to 65535'),
    );
  const { state: directory, logKey: logKeys, host, name } = options;
  let running: RunningWitness;
  try {
    running = await startWitness({
      directory,
      logKeys,
      port,
      ...(host === undefined ? {} : { host }),
      ...(name === undefined ? {} : { name }),
      // Anybody may send the same again and again: it was said, and the metrics count it.
      onRefusal: (refusal, isNew) => {
        if (isNew) tellRefusal(refusal, true);
      },
      onError: tellError,
    });
  } catch (error) {
    return tellWhyNot(error instanceof LogInconsistent ? damaged(error) : (error as Error));
  }
  process.stdout.write(`証人 witness: ${running.url}\n検証鍵 verifier key: ${running.verifierKey}\n`);
  for (const refusal of running.refusals()) tellRefusal(refusal, false);
  await stopped();
  const sawFork = hasSeenFork(running);
  await running.close();
  return sawFork ? 1 : 0;
}

/** Evidence that somebody damaged meanwhile speaks for a fork: nobody may believe that there was none. */
function hasSeenFork(running: RunningWitness): boolean {
  try {
    return running.refusals().some(({ kind }) => kind === 'fork');
  } catch (error) {
    tellError(error as Error);
    return true;
  }
}

const damaged = ({ code, place, message }: LogInconsistent): BilingualError =>
  new BilingualError(code, `状態が壊れているか、書き換えられています：${place}`, message);

const inWords: Readonly<Record<Refusal['kind'], string>> = {
  fork: '分岐 FORK: ログは同じ件数で別の木に署名した / the log has signed two different trees of one size',
  inconsistent:
    '不整合 INCONSISTENT: 署名された木は前のものの続きと示されていない / a signed tree is not shown to continue the last',
};

function tellRefusal({ kind, origin, seenAt }: Refusal, isNew: boolean): void {
  process.stderr.write(`${seenAt} ${origin} ${inWords[kind]}${isNew ? '' : '（既知 known）'}\n`);
}

function tellError(error: Error): void {
  process.stderr.write(`状態を読み書きできません the state cannot be read or written: ${error.message}\n`);
}

/** The first SIGINT or SIGTERM. */
const stopped = (): Promise<void> =>
  new Promise((resolve) => {
    const stop = (): void => {
      process.off('SIGINT', stop).off('SIGTERM', stop);
      resolve();
    };
    process.on('SIGINT', stop).on('SIGTERM', stop);
  });
