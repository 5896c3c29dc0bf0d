import { createHash } from 'node:crypto';
import { addCoverage } from '#backend/answers/priced-group.ts';
import type { ReportAsk } from '#shared/contract/report-schema.ts';
import type { Report, ReportHead, ReportSection } from '#shared/model/report.ts';
import { formatInstant } from '#shared/units/format-time.ts';
import { readMaterial, type ReportMaterial } from './material/report-material.ts';
import { MEASURES } from './measures.ts';
import { reportChecks } from './report-checks.ts';
import type { ReportContext, BuildWatch } from './report-context.ts';
import { reportPeriod, type ReportPeriod } from './report-period.ts';
import { budgetSection } from './sections/budget.ts';
import { capacitySection } from './sections/capacity.ts';
import { commitmentsSection } from './sections/commitments.ts';
import { dailySection } from './sections/daily.ts';
import { energySection } from './sections/energy.ts';
import { incidentsSection } from './sections/incidents.ts';
import { methodSection } from './sections/method.ts';
import { modelsSection } from './sections/models.ts';
import { moversSection } from './sections/movers.ts';
import { qualitySection } from './sections/quality.ts';
import { showbackSection } from './sections/showback.ts';
import { summarySection } from './sections/summary.ts';
import { sectionOf } from './sections/tables.ts';
import { updatesSection } from './sections/updates.ts';
import { varianceSection } from './sections/variance.ts';

/** Nobody waits with progress, and nothing cancels. */
const UNWATCHED: BuildWatch = { signal: null, onProgress: null };

/** The report of a month or window: one model that every writer prints. Throws where `work.signal` gives it up. */
export async function buildReport(
  context: ReportContext,
  ask: ReportAsk,
  work: BuildWatch = UNWATCHED,
): Promise<Report> {
  const period = await reportPeriod(context.answers, ask);
  const { known } = period;
  if (known === null) return await emptyReport(context, ask, period);
  const material = await readMaterial(context, ask, { period, known }, work);
  const sections = SECTIONS.map((section) => section(material));
  const checks = reportChecks(material, sections);
  const coverage = addCoverage(material.ledger.capacity.map((one) => one.coverage));
  return { head: headOf(context, ask, { period, coverage, sections }), sections, measures: MEASURES, checks };
}

/** In the order of the pages. */
const SECTIONS: readonly ((material: ReportMaterial) => ReportSection)[] = [
  summarySection,
  varianceSection,
  showbackSection,
  modelsSection,
  capacitySection,
  energySection,
  updatesSection,
  commitmentsSection,
  budgetSection,
  incidentsSection,
  moversSection,
  qualitySection,
  methodSection,
  dailySection,
];

/** A time without facts: it says so, and shows no zeros. */
async function emptyReport(context: ReportContext, ask: ReportAsk, period: ReportPeriod): Promise<Report> {
  const extent = await context.answers.store.extent();
  const emptyReason =
    extent === null
      ? 'Nothing was observed yet, so nothing can be said of this time.'
      : `Nothing is known of this time: facts begin at ${formatInstant(extent.from, period.zone)} and end at ${formatInstant(extent.to, period.zone)}.`;
  const sections = [sectionOf({ id: 'summary', title: 'Summary', emptyReason })];
  const coverage = { observedSeconds: 0, expectedSeconds: 0 };
  return { head: headOf(context, ask, { period, coverage, sections }), sections, measures: MEASURES, checks: [] };
}

function headOf(
  { answers, fleetName, isSample, version }: ReportContext,
  ask: ReportAsk,
  told: {
    readonly period: ReportPeriod;
    readonly coverage: ReportHead['coverage'];
    readonly sections: readonly ReportSection[];
  },
): ReportHead {
  const { period, coverage, sections } = told;
  const scope = scopeText(ask.scope);
  const versions = { tokenwatt: version, costBook: hashOf(answers.costBook()) };
  return {
    company: ask.company,
    logo: ask.logo,
    fleet: fleetName,
    isSample,
    scope,
    ...period,
    currency: 'USD',
    snapshotId: hashOf({ period, fleetName, scope, versions, sections }),
    generatedAt: answers.clock.now(),
    locale: ask.locale,
    paper: ask.paper,
    coverage,
    versions,
  };
}

const HASH_LENGTH = 12;

/** A short name for a value that changes when the value does. */
function hashOf(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('hex').slice(0, HASH_LENGTH);
}

function scopeText(scope: ReportAsk['scope']): string | null {
  const told = Object.entries(scope).filter(([, value]) => value !== undefined);
  return told.length === 0 ? null : told.map(([name, value]) => `${name} ${value ?? 'not known'}`).join(', ');
}
