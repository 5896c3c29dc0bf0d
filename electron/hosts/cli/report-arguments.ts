import { monthSchema } from '#shared/contract/report-schema.ts';
import { fail, succeed, type Result } from '#shared/lib/result.ts';
import { PAPERS, type Paper } from '#shared/model/report.ts';
import { REPORT_FORMATS, type ReportFormat } from '#shared/model/report-settings.ts';
import { textOf, type OptionValues, type WrongUse } from './option-values.ts';

/** What a scope can be told by: `--scope model=llama`. */
export const SCOPE_NAMES = ['site', 'pool', 'rack', 'node', 'gpu', 'model', 'engine', 'tenant', 'deployment'] as const;
type ScopeName = (typeof SCOPE_NAMES)[number];

export type ReportCommand = {
  readonly kind: 'report';
  readonly data: string | null;
  readonly snapshot: string | null;
  readonly isJson: boolean;
  /** `last`, `this`, or a month such as `2026-10`. */
  readonly month: string;
  readonly formats: readonly ReportFormat[];
  readonly out: string;
  readonly overwrites: boolean;
  readonly scope: { readonly [Name in ScopeName]?: string };
  readonly zone: string | null;
  readonly locale: string | null;
  readonly paper: Paper | null;
};

/** Reads the options of `report`. */
export function readReportCommand(values: OptionValues): Result<ReportCommand, WrongUse> {
  const month = textOf(values, 'month') ?? 'last';
  if (month !== 'last' && month !== 'this' && !monthSchema.safeParse(month).success) {
    return fail({ message: '--month is last, this, or a month such as 2026-10' });
  }
  const formats = readFormats(textOf(values, 'format') ?? 'pdf,xlsx');
  if (!formats.ok) return formats;
  const out = textOf(values, 'out');
  if (out === null) return fail({ message: 'report wants --out DIR, the folder that files go to' });
  const scope = readScope(values['scope']);
  if (!scope.ok) return scope;
  const typed = textOf(values, 'paper');
  const paper = PAPERS.find((one) => one.toLowerCase() === typed?.toLowerCase()) ?? null;
  if (typed !== null && paper === null) return fail({ message: `--paper is one of ${PAPERS.join(', ')}` });
  return succeed({
    kind: 'report',
    data: textOf(values, 'data'),
    snapshot: textOf(values, 'snapshot'),
    isJson: values['json'] === true,
    month,
    formats: formats.value,
    out,
    overwrites: values['overwrite'] === true,
    scope: scope.value,
    zone: textOf(values, 'zone'),
    locale: textOf(values, 'locale'),
    paper,
  });
}

function readFormats(text: string): Result<readonly ReportFormat[], WrongUse> {
  const names = text.split(',').map((name) => name.trim());
  const formats = names.map((name) => REPORT_FORMATS.find((format) => format === name));
  const known = formats.filter((format) => format !== undefined);
  if (known.length < names.length) {
    return fail({ message: `--format is one or more of ${REPORT_FORMATS.join(',')}, with commas between them` });
  }
  return succeed([...new Set(known)]);
}

function readScope(typed: OptionValues[string]): Result<ReportCommand['scope'], WrongUse> {
  const scope: { [Name in ScopeName]?: string } = {};
  for (const text of Array.isArray(typed) ? typed.map(String) : []) {
    const at = text.indexOf('=');
    const name = SCOPE_NAMES.find((one) => one === text.slice(0, at));
    if (name === undefined || at === text.length - 1) {
      return fail({ message: `--scope is NAME=VALUE, where NAME is one of ${SCOPE_NAMES.join(', ')}` });
    }
    scope[name] = text.slice(at + 1);
  }
  return succeed(scope);
}
