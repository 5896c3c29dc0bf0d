import { createHash } from 'node:crypto';
import { pricedGroups } from '#backend/answers/priced-groups.ts';
import type { ReportAsk } from '#shared/contract/report-schema.ts';
import type { Report, ReportHead } from '#shared/model/report.ts';
import type { ReportContext } from './report-context.ts';
import { reportPeriod } from './report-period.ts';
import { summarySection } from './sections/summary.ts';

/** The report of a month or window: one model that every writer prints. */
export async function buildReport(context: ReportContext, ask: ReportAsk): Promise<Report> {
  const { answers } = context;
  const period = await reportPeriod(answers, ask);
  const window = period.known ?? { from: period.window.from, to: period.window.from };
  const { whole } = await pricedGroups(answers.store, answers.costBook(), {
    window,
    scope: ask.scope,
    by: [],
    stepSeconds: null,
  });
  const sections = [summarySection(whole)];
  const head: Omit<ReportHead, 'snapshotId'> = {
    company: ask.company,
    logo: ask.logo,
    fleet: context.fleetName,
    isSample: context.isSample,
    scope: scopeText(ask.scope),
    ...period,
    currency: 'USD',
    generatedAt: answers.clock.now(),
    locale: ask.locale,
    paper: ask.paper,
    coverage: whole.coverage,
    versions: { tokenwatt: context.version, costBook: hashOf(answers.costBook()) },
  };
  const { window: asked, zone, scope, versions } = head;
  return {
    head: { ...head, snapshotId: hashOf({ asked, zone, scope, versions, sections }) },
    sections,
    measures: [],
    checks: [],
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
