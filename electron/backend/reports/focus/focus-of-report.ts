import { asksForRunning } from '#backend/answers/priced-groups.ts';
import { sumOf } from '#shared/lib/sum.ts';
import type { CallScope } from '#shared/contract/backend-api.ts';
import type { ChargeLedger } from '#shared/model/charge-row.ts';
import type { Report, ReportHead } from '#shared/model/report.ts';
import { ledgerOf } from '../ledger/charge-ledger.ts';
import type { ReportContext } from '../report-context.ts';
import { baseNameOf } from '../report-name.ts';
import type { FocusSources } from './checks/checked-export.ts';
import type { FocusVersion } from './focus-columns.ts';
import { focusExport, type FocusFiles } from './focus-export.ts';
import type { FocusCorrections } from './focus-rows.ts';
import { FOCUS_SETTINGS } from './focus-settings.ts';
import { focusSources } from './focus-sources.ts';

type Ask = {
  readonly version: FocusVersion;
  readonly scope: CallScope;
  readonly serviceName: string;
  /** The ledger that a closed month was frozen with; null: of an open month, from the facts. */
  readonly frozen: ChargeLedger | null;
  /** What has changed in closed months, charged in this open one; null: nothing. */
  readonly corrections: FocusCorrections | null;
};

/** Cost and usage of the time that a report is about, as FOCUS: the same window, zone, state and scope. */
export async function focusOfReport(context: ReportContext, report: Report, ask: Ask): Promise<FocusFiles> {
  const { head } = report;
  const { version, serviceName } = ask;
  const { ledger, sources } = await chargesOf(context, head, ask);
  return await focusExport({
    ledger,
    sources,
    corrections: ask.corrections,
    context: {
      version,
      settings: { ...FOCUS_SETTINGS, serviceName },
      account: { id: `fleet:${encodeURIComponent(head.fleet)}`, name: head.fleet },
      zone: head.zone,
      state: head.state,
      snapshotId: head.snapshotId,
    },
    baseName: baseNameOf(report),
    at: head.generatedAt,
    by: head.versions.tokenwatt,
  });
}

type Charges = { readonly ledger: ChargeLedger; readonly sources: FocusSources };

async function chargesOf({ answers }: ReportContext, head: ReportHead, { scope, frozen }: Ask): Promise<Charges> {
  if (frozen !== null) return { ledger: frozen, sources: ownSources(frozen) };
  const { known: window, window: asked, zone } = head;
  if (window === null) {
    const ledger = emptyLedger(head);
    return { ledger, sources: ownSources(ledger) };
  }
  const [store, book] = [answers.store, answers.costBook()];
  const [ledger, sources] = await Promise.all([
    ledgerOf(store, book, { asked, window, zone, scope }),
    focusSources(store, book, { window, scope }),
  ]);
  // What runs on hardware owns none of it: there is no capacity that its time adds to.
  return { ledger: asksForRunning(scope) ? { ...ledger, capacity: [] } : ledger, sources };
}

/** A closed month is what it was: the store may have learned more since, so that it is compared with its own ledger. */
function ownSources({ rows, total }: ChargeLedger): FocusSources {
  return {
    tokens: sumOf(rows, ({ tokens }) => (tokens?.input ?? 0) + (tokens?.output ?? 0)),
    kilowattHours: sumOf(rows, ({ kilowattHours }) => kilowattHours ?? 0),
    hasBridged: rows.some(({ use, kilowattHours }) => use === 'unobserved' && kilowattHours !== null),
    spend: total,
  };
}

function emptyLedger({ window, zone }: ReportHead): ChargeLedger {
  const none = { rows: [], capacity: [], commitments: [], payments: [], total: 0, unpriced: [] };
  return { asked: window, window: { from: window.from, to: window.from }, zone, ...none };
}
