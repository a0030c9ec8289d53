import 'reflect-metadata';
import { Command } from 'commander';
import { wrongCall } from './bilingual-error.js';
import { demo } from './commands/demo.js';
import { init } from './commands/init.js';
import { issuePin } from './commands/issue-pin.js';
import { proof } from './commands/proof.js';
import { verifyExport, type VerifyExportCall } from './commands/verify-export.js';
import { verify, type VerifyOptions } from './commands/verify.js';
import { tellAsJson } from './commands/why-not.js';
import { witness, type WitnessCommand } from './commands/witness.js';

/** `npm run kiroku -- …`. Exit codes: 0 done, 1 a fault was found or a step failed, 2 the call itself is wrong. */
const program = new Command('kiroku')
  .description('Kiroku 記録: every look at a resident’s record, on the record.')
  .showHelpAfterError()
  .configureOutput({
    outputError: (text, write) =>
      write(`指定に誤りがあります the call is wrong: ${text.replace(/^error: /, '')}`),
  })
  .exitOverride((error) => {
    if (error.exitCode === 0) process.exit(0);
    // A wrong call is told before any command knows its options; commander has said it to people.
    if (process.argv.includes('--json'))
      tellAsJson(wrongCall('指定に誤りがあります', error.message.replace(/^error: /, '')));
    process.exit(2);
  });

program
  .command('init')
  .description('協定と最初の利用者を登録する / make the agreement and the first accounts, with one-time PINs')
  .option('--terms <file>', 'JSON file with the terms of the agreement')
  .option('--demo-pki', 'also make demo certificates and link keys; never for production')
  .action(async (options: { terms?: string; demoPki?: boolean }) => {
    process.exitCode = await init(options);
  });

program
  .command('issue-pin')
  .description('初期暗証番号を再発行する / issue a new one-time PIN, also to those who manage and oversee')
  .argument('<operator>', 'the id of the account holder, o-…')
  .action(async (operator: string) => {
    process.exitCode = await issuePin(operator);
  });

const several = (value: string, before: readonly string[] = []): readonly string[] => [...before, value];

program
  .command('verify')
  .description('ログ、証明、書き出しを検証する / check a log, a proof or an export, from files alone')
  .argument(
    '[dir]',
    'the log’s directory, or the URL prefix that serves it (an agency’s own CA: NODE_EXTRA_CA_CERTS=ca.pem): every entry, hash, root and signature is checked',
  )
  .option(
    '--installation',
    '設定が示す Kiroku の全保存内容を検証する / check all that the installation of these settings has stored: events, log, kept checkpoints',
  )
  .option('--proof <file>', 'check this proof (C2SP tlog-proof) instead')
  .option('--entry <file>', 'with --proof: the entry, where the proof does not carry it')
  .option('--export <file>', 'check this export of the trail (JSON Lines or CSV) instead')
  .option(
    '--log <place>',
    'with --export: the log, a directory or a URL prefix: also that the rows are all that match, and that the file was handed over on record',
  )
  .option('--key <vkey>', 'the verifier key, obtained from somebody you trust; repeatable', several)
  .option('--witness <vkey>', 'this witness must have cosigned; repeatable', several)
  .option(
    '--seen <file>',
    'a checkpoint from earlier, or from a witness: the log must continue it; repeatable',
    several,
  )
  .option('--json', 'the result as JSON; of a call that cannot be answered {"ok": null, "error": …}')
  .action(async (directory: string | undefined, options: VerifyOptions & VerifyExportCall) => {
    const isExport = options.export !== undefined || options.log !== undefined;
    process.exitCode = await (isExport ? verifyExport : verify)(directory, options);
  });

program
  .command('proof')
  .description('イベントがログにある証明を書く / write the proof that an event is in a log')
  .argument('<dir>', 'the log’s directory')
  .argument('<event>', 'the event’s id, or its leaf index')
  .option(
    '--out <file>',
    'where to write it; its name should end in .tlog-proof (without: to standard output)',
  )
  .option('--without-entry', 'leave the entry out; who checks the proof must have it')
  .action(async (directory: string, event: string, options: { out?: string; withoutEntry?: boolean }) => {
    process.exitCode = await proof(directory, event, options);
  });

program
  .command('witness')
  .description(
    '相手方のログの証人となる / witness the log of the other party: check that it only grows, and cosign',
  )
  .requiredOption('--state <dir>', 'where the witness keeps its key and what it has seen')
  .requiredOption('--log-key <vkey>', 'the verifier key of the log; repeatable', several)
  .requiredOption('--port <n>', 'where it listens; 0 for a free port')
  .option('--host <address>', 'the address it listens on', '127.0.0.1')
  .option('--name <name>', 'at the first start: its name, such as witness.example.lg.jp/kiroku')
  .action(async (options: WitnessCommand) => {
    process.exitCode = await witness(options);
  });

program
  .command('demo')
  .description('窓口の一日を再現する / play one day at the counter on this machine')
  .option('--exit', 'end after the story; exit 0 only if every step held')
  .action(async (options: { exit?: boolean }) => {
    process.exitCode = await demo(options);
  });

await program.parseAsync();
