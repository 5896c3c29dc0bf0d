import type { AlertSubject } from '#shared/model/alert.ts';
import type { FigureName } from '#shared/model/figure-name.ts';
import type { EpochMs } from '#shared/time/instant.ts';

/** Something that fires now, with what is needed to tell whether something else explains it. */
export type Firing = {
  readonly key: string;
  readonly since: EpochMs;
  readonly subject: AlertSubject;
  /** Nodes it is about; null is every node. */
  readonly nodes: ReadonlySet<string> | null;
  /** Too little of its scope was observed: what it says is about the watching, not about the fleet. */
  readonly isBlind: boolean;
};

/** One cause and what it explains. */
export type Group = { readonly head: Firing; readonly beneath: readonly Firing[] };

/** A cause may be noticed this much later than what it explains: figures look back over windows of their own. */
const LATER_MS = 30 * 60_000;

/** What is not an alert yet but may be the cause of one: a source that has been silent for a minute. */
export type Waiting = {
  readonly causes: readonly Firing[];
  /** What becomes no alert now: it is on its way to being fine, or a cause that has ended still shows in its window. */
  readonly heldKeys: ReadonlySet<string>;
  /** Alerts that are open already: nothing takes them back before a cause is certain. */
  readonly openKeys: ReadonlySet<string>;
};

const NOTHING_WAITS: Waiting = { causes: [], heldKeys: new Set(), openKeys: new Set() };

/**
 * Puts together what has one cause. Whatever a more basic firing explains stands beneath it: silence explains everything of
 * its nodes, too little work explains what work is divided by, and so on down the list of `REACH`. What is blind and
 * explained by nothing is left out: it waits until more is seen. So does what a cause explains that is about to be certain.
 */
export function grouped(firings: readonly Firing[], waiting: Waiting = NOTHING_WAITS): readonly Group[] {
  const { causes, heldKeys, openKeys } = waiting;
  const isAwaited = (firing: Firing): boolean =>
    !openKeys.has(firing.key) && (heldKeys.has(firing.key) || causes.some((cause) => explains(cause, firing)));
  const ordered = firings.toSorted((one, other) => rankOf(one) - rankOf(other) || one.since - other.since);
  const heads: { readonly head: Firing; readonly beneath: Firing[] }[] = [];
  for (const firing of ordered) {
    const cause = heads.find(({ head }) => explains(head, firing));
    if (cause !== undefined) cause.beneath.push(firing);
    else if (!firing.isBlind && !isAwaited(firing)) heads.push({ head: firing, beneath: [] });
  }
  return heads;
}

function explains(cause: Firing, other: Firing): boolean {
  const isInTime = cause.since <= other.since + LATER_MS;
  if (!isInTime || !meet(cause.nodes, other.nodes)) return false;
  if (cause.subject.kind === 'silent-source') return other.subject.kind !== 'silent-source' && isOfFacts(other);
  if (sameFigure(cause, other)) return true;
  if (cause.subject.kind === 'budget')
    return other.subject.kind === 'budget' && other.subject.budget === cause.subject.budget;
  const effects = EFFECTS[movementOf(cause.subject)] ?? [];
  return effects.includes(movementOf(other.subject));
}

/** Money that is owed whether anybody looks or not is not explained by silence. */
function isOfFacts({ subject }: Firing): boolean {
  if (subject.kind !== 'figure') return false;
  return subject.figure !== 'spend' && subject.figure !== 'spend-rate';
}

/** The same figure moves the same way in two scopes, or by two rules. */
function sameFigure(cause: Firing, other: Firing): boolean {
  const [one, two] = [cause.subject, other.subject];
  return one.kind === 'figure' && two.kind === 'figure' && movementOf(one) === movementOf(two);
}

type Movement = `${FigureName} ${'above' | 'below'}` | 'budget forecast' | 'budget spent' | 'silence';

function movementOf(subject: AlertSubject): Movement {
  switch (subject.kind) {
    case 'silent-source':
      return 'silence';
    case 'budget':
      return `budget ${subject.state}`;
    case 'figure':
      return `${subject.figure} ${directionOf(subject)}`;
  }
}

function directionOf({ test, value, usual }: Extract<AlertSubject, { readonly kind: 'figure' }>): 'above' | 'below' {
  if (test.kind === 'limit') return test.comparison;
  return (value ?? 0) < (usual ?? 0) ? 'below' : 'above';
}

/** What follows from what, each by the formula of the figure: less work makes dearer tokens, more idle, less per joule. */
const EFFECTS: { readonly [Cause in Movement]?: readonly Movement[] } = {
  'coverage below': [
    'throughput below',
    'tokens below',
    'power below',
    'energy below',
    'efficiency below',
    'idle-spend-rate below',
    'idle-share below',
    'cost-per-million-tokens above',
    'serving-cost-per-million-tokens above',
    'marginal-cost-per-million-tokens above',
  ],
  'throughput below': [
    'tokens below',
    'power below',
    'energy below',
    'efficiency below',
    'idle-spend-rate above',
    'idle-share above',
    'cost-per-million-tokens above',
    'serving-cost-per-million-tokens above',
    'marginal-cost-per-million-tokens above',
  ],
  'tokens below': ['efficiency below', 'cost-per-million-tokens above'],
  'throughput above': ['tokens above', 'power above', 'energy above'],
  'spend-rate above': ['spend above', 'budget forecast', 'budget spent', 'cost-per-million-tokens above'],
  'spend above': ['budget forecast', 'budget spent'],
  'power above': ['energy above', 'efficiency below', 'marginal-cost-per-million-tokens above'],
  'efficiency below': ['marginal-cost-per-million-tokens above'],
  'idle-spend-rate above': ['idle-share above', 'cost-per-million-tokens above'],
  'cost-per-million-tokens above': ['serving-cost-per-million-tokens above'],
};

/** More basic first: only what is more basic, or as basic and older, can be a cause. */
const RANKS: readonly Movement[] = [
  'silence',
  'coverage below',
  'throughput below',
  'throughput above',
  'tokens below',
  'spend-rate above',
  'spend above',
  'power above',
  'efficiency below',
  'idle-spend-rate above',
  'cost-per-million-tokens above',
  'budget spent',
];

function rankOf({ subject }: Firing): number {
  const rank = RANKS.indexOf(movementOf(subject));
  return rank === -1 ? RANKS.length : rank;
}

function meet(one: ReadonlySet<string> | null, other: ReadonlySet<string> | null): boolean {
  if (one === null || other === null) return true;
  return [...one].some((node) => other.has(node));
}
