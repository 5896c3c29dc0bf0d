import type { CallScope, CheckedInput } from '#shared/contract/backend-api.ts';
import type { UpdatesAnswer } from '#shared/contract/savings-schema.ts';
import type { FingerprintChange } from '#shared/cost/savings/fingerprint-change.ts';
import type { TimeRange } from '#shared/time/time-range.ts';
import { formatInstant } from '#shared/units/format-time.ts';
import { answerableWindow, type AnswerContext } from '../answer-context.ts';
import { FLEET_ZONE, type ChangeAssessor } from './assessed-changes.ts';
import { knownChanges, type KnownChanges } from './known-changes.ts';
import { updateTags } from './operator-words.ts';
import { ledgerRow, ledgerTotals } from './savings-ledger.ts';
import { sidesOf } from './sides.ts';
import { updateSummary } from './update-summary.ts';
import { deploymentSpans } from './version-spans.ts';

/** Changes of one answer; each is assessed from a month of windows. */
const CHANGES_MAX = 40;

/** What software updates of a scope and window saved or cost, and how sure that is. */
export async function updates(
  context: AnswerContext,
  assess: ChangeAssessor,
  input: CheckedInput['updates'],
): Promise<UpdatesAnswer> {
  const window = await answerableWindow(context, input.window);
  const now = context.clock.now();
  const [all, tags] = await Promise.all([knownChanges(context.store, now), updateTags(context.store)]);
  const known = inScope(all, input.scope);
  const touching = known.changes.filter((change) => touches(change, known.changes, window));
  const shown = touching.slice(-CHANGES_MAX);
  const assessed = await assess(shown, all, { store: context.store, book: context.costBook(), now });
  const rows = assessed.map((one) => ({ row: ledgerRow(one, tags, window), label: labelOf(one.change) }));
  return {
    window,
    zone: FLEET_ZONE,
    deployments: deploymentSpans(known, window),
    changes: assessed.map(updateSummary).toReversed(),
    ledger: { rows: rows.map(({ row }) => row), totals: ledgerTotals(rows) },
    omitted: touching.length - shown.length,
  };
}

/** Deployments of a scope: those with an engine in it. Their changes are those of whole deployments all the same. */
function inScope({ changes, spans }: KnownChanges, scope: CallScope): KnownChanges {
  const own = spans.filter((span) =>
    Object.entries(scope).every(
      ([name, value]) =>
        value === undefined ||
        name === 'gpu' ||
        Object.entries(span).some(([key, told]) => key === name && told === value),
    ),
  );
  const deployments = new Set(own.map(({ model, pool }) => JSON.stringify([model, pool])));
  const isOwn = ({ model, pool }: { readonly model: string; readonly pool: string | null }): boolean =>
    deployments.has(JSON.stringify([model, pool]));
  return { changes: changes.filter(({ deployment }) => isOwn(deployment)), spans: spans.filter(isOwn) };
}

/** A change in the window, or one before it whose compared time reaches into it. */
function touches(change: FingerprintChange, all: readonly FingerprintChange[], window: TimeRange): boolean {
  return change.firstAt < window.to && sidesOf(change, all, window.to).after.to > window.from;
}

function labelOf({ deployment, firstAt }: FingerprintChange): string {
  return `${deployment.model}, ${formatInstant(firstAt, FLEET_ZONE, 'day')}`;
}
