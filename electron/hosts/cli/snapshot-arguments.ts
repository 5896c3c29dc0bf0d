import { SNAPSHOT_GRAINS } from '#shared/contract/snapshot-schema.ts';
import { fail, succeed, type Result } from '#shared/lib/result.ts';
import { textOf, type OptionValues, type WrongUse } from './option-values.ts';
import { readServe, type ServeCommand } from './serve-arguments.ts';

export type SnapshotCommand =
  | {
      readonly kind: 'snapshot';
      readonly action: 'save';
      readonly data: string | null;
      readonly isJson: boolean;
      readonly from: string;
      readonly to: string;
      readonly grain: (typeof SNAPSHOT_GRAINS)[number];
      readonly hasPseudonyms: boolean;
      readonly out: string | null;
    }
  | {
      readonly kind: 'snapshot';
      readonly action: 'inspect' | 'verify';
      readonly path: string;
      readonly isJson: boolean;
    }
  | { readonly kind: 'snapshot'; readonly action: 'open'; readonly path: string; readonly serve: ServeCommand };

const USE = 'snapshot wants save, open FILE, inspect FILE or verify FILE; tokenwatt help snapshot shows how';

/** Reads what follows `snapshot`. */
export function readSnapshotCommand(
  values: OptionValues,
  [action, path, ...more]: readonly string[],
): Result<SnapshotCommand, WrongUse> {
  const isJson = values['json'] === true;
  if (action === 'save' && path === undefined) return readSave(values, isJson);
  if (path === undefined || more.length > 0) return fail({ message: USE });
  if (action === 'inspect' || action === 'verify') return succeed({ kind: 'snapshot', action, path, isJson });
  if (action !== 'open') return fail({ message: USE });
  const serve = readServe({ port: values['port'], 'no-open': values['no-open'], memory: true });
  return serve.ok ? succeed({ kind: 'snapshot', action, path, serve: serve.value }) : serve;
}

function readSave(values: OptionValues, isJson: boolean): Result<SnapshotCommand, WrongUse> {
  const typed = textOf(values, 'grain') ?? 'hour';
  const grain = SNAPSHOT_GRAINS.find((one) => one === typed);
  if (grain === undefined) return fail({ message: `--grain is one of ${SNAPSHOT_GRAINS.join(', ')}` });
  return succeed({
    kind: 'snapshot',
    action: 'save',
    data: textOf(values, 'data'),
    isJson,
    from: textOf(values, 'from') ?? 'now-30d',
    to: textOf(values, 'to') ?? 'now',
    grain,
    hasPseudonyms: values['pseudonyms'] === true,
    out: textOf(values, 'out'),
  });
}
