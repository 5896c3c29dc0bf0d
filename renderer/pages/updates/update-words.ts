import type { IconName } from '#renderer/components/Icon.tsx';
import type { UpdateChange, UpdateDeployment, UpdateSummary, UpdateVerdict } from '#shared/contract/savings-schema.ts';
import { formatNumber } from '#shared/units/format-quantity.ts';

/** How a verdict is told: its words, its shape, its colour by role. */
export type VerdictLook = {
  readonly words: string;
  readonly icon: IconName;
  readonly tone: 'good' | 'bad' | 'plain' | 'waiting';
};

export const VERDICT_LOOKS: Readonly<Record<UpdateVerdict, VerdictLook>> = {
  saving: { words: 'Saving', icon: 'good', tone: 'good' },
  regression: { words: 'Regression', icon: 'bad', tone: 'bad' },
  'no material change': { words: 'No material change', icon: 'info', tone: 'plain' },
  inconclusive: { words: 'Inconclusive', icon: 'info', tone: 'plain' },
  'insufficient days': { words: 'Insufficient days', icon: 'waiting', tone: 'waiting' },
  'insufficient overlap': { words: 'Insufficient overlap', icon: 'waiting', tone: 'waiting' },
  'unstable baseline': { words: 'Unstable baseline', icon: 'waiting', tone: 'waiting' },
};

const FIELD_WORDS: Readonly<Record<string, string>> = {
  engine: 'engine',
  version: '',
  image: 'image',
  arguments: 'flags',
  parallelism: 'parallelism',
  precision: 'precision',
  speculation: 'speculation',
  driver: 'driver',
  cuda: 'CUDA',
  'power-cap': 'power limit',
};

/** `0.11.2 → 0.12.0`, `driver 575.57 → 580.95`; the words of a mark. */
export function changeWords({ fields, note, source }: UpdateChange): string {
  if (source === 'mark') return note ?? 'marked by hand';
  return fields
    .map(({ field, from, to }) => `${FIELD_WORDS[field] ?? field} ${from ?? '?'} → ${to ?? '?'}`.trim())
    .join(', ');
}

/** The model, and its pool where it is named. */
export function deploymentWords({ model, pool }: UpdateDeployment): string {
  return pool === null ? model : `${model}, ${pool}`;
}

/** `−9.6 %`: one decimal, with a true minus or a plus. */
export function changePercent(change: number | null): string {
  if (change === null) return '–';
  const text = formatNumber(change * 100, 1);
  return `${change > 0 && /[1-9]/u.test(text) ? '+' : ''}${text} %`;
}

/** What a grade rests on. */
export function gradeWords({ grade, design }: Pick<UpdateSummary, 'grade' | 'design'>): string {
  if (grade === 'A') return 'randomised';
  if (grade === 'B') return 'control pool';
  if (grade === 'C') return 'clean placebo';
  return design === 'control-pool' ? 'control pool, evidence weak' : 'evidence weak';
}

export const CHANGE_KINDS = ['all', 'engine', 'driver', 'settings', 'marked'] as const;
export type ChangeKind = (typeof CHANGE_KINDS)[number];

const KIND_FIELDS: Readonly<Record<Exclude<ChangeKind, 'all' | 'marked'>, readonly string[]>> = {
  engine: ['engine', 'version', 'image'],
  driver: ['driver', 'cuda', 'power-cap'],
  settings: ['arguments', 'parallelism', 'precision', 'speculation'],
};

export function isOfKind({ fields, source }: UpdateChange, kind: ChangeKind): boolean {
  if (kind === 'all') return true;
  if (kind === 'marked') return source === 'mark';
  return fields.some(({ field }) => KIND_FIELDS[kind].includes(field));
}
