import { jest } from '@jest/globals';
import {
  type ExportVerification,
  verifyExport,
  type VerifyExportCall,
} from '../../../apps/cli/src/commands/verify-export.js';

export interface Checked extends Partial<ExportVerification> {
  readonly code: number;
  /** Of the faults; where it could not be asked, what was said instead. */
  readonly kinds: readonly string[];
}

/** What `kiroku verify --export --json` returns and says. */
export async function checked(call: VerifyExportCall): Promise<Checked> {
  const said = { out: '', err: '' };
  const spies = (['out', 'err'] as const).map((name) =>
    jest
      .spyOn(name === 'out' ? process.stdout : process.stderr, 'write')
      .mockImplementation((text) => ((said[name] += String(text)), true)),
  );
  const code = await verifyExport(undefined, { json: true, ...call });
  for (const spy of spies) spy.mockRestore();
  if (said.out === '') return { code, kinds: [said.err] };
  const result = JSON.parse(said.out) as ExportVerification;
  return { code, ...result, kinds: result.faults.map(({ kind }) => kind) };
}
