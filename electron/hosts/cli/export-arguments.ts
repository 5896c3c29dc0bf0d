import { SNAPSHOT_GRAINS } from '#shared/contract/snapshot-schema.ts';
import { fail, succeed, type Result } from '#shared/lib/result.ts';
import { textOf, type OptionValues, type WrongUse } from './option-values.ts';

export type ExportCommand = {
  readonly kind: 'export';
  readonly data: string | null;
  readonly snapshot: string | null;
  readonly isJson: boolean;
  readonly from: string;
  readonly to: string;
  readonly grain: (typeof SNAPSHOT_GRAINS)[number];
  readonly out: string;
  readonly overwrites: boolean;
};

/** Reads what follows `export`. */
export function readExportCommand(values: OptionValues, inputs: readonly string[]): Result<ExportCommand, WrongUse> {
  const out = textOf(values, 'out');
  if (inputs.length !== 1 || inputs[0] !== 'facts')
    return fail({ message: 'export wants facts; tokenwatt help export' });
  if (out === null) return fail({ message: 'export wants --out DIR, the folder that files go to' });
  const typed = textOf(values, 'grain') ?? 'hour';
  const grain = SNAPSHOT_GRAINS.find((one) => one === typed);
  if (grain === undefined) return fail({ message: `--grain is one of ${SNAPSHOT_GRAINS.join(', ')}` });
  const snapshot = textOf(values, 'snapshot');
  const narrows = ['from', 'to', 'grain'].filter((name) => textOf(values, name) !== null);
  if (snapshot !== null && narrows.length > 0) {
    return fail({ message: `the facts of a snapshot are exported whole, without --${narrows.join(', --')}` });
  }
  return succeed({
    kind: 'export',
    data: textOf(values, 'data'),
    snapshot,
    isJson: values['json'] === true,
    from: textOf(values, 'from') ?? 'now-30d',
    to: textOf(values, 'to') ?? 'now',
    grain,
    out,
    overwrites: values['overwrite'] === true,
  });
}
