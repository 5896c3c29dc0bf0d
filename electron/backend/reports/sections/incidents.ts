import { alertTitle, subjectDetail } from '#shared/alerts/alert-text.ts';
import type { FleetEventKind } from '#shared/model/fact.ts';
import type { ReportCell, ReportSection, ReportTable } from '#shared/model/report.ts';
import type { ReportMaterial } from '../material/report-material.ts';
import { addedColumn, plainColumn, sectionOf, tableOf, textColumn } from './tables.ts';

/** Events that cost capacity or say that something failed. */
const INCIDENTS: readonly FleetEventKind[] = ['gpu-lost', 'gpu-returned', 'engine-lost', 'engine-restarted'];
/** On paper; the workbook has no more either, and the note says how many there were. */
const INCIDENTS_MAX = 200;

/** What was out of the ordinary: alerts, failures, and the capacity that was lost by them. */
export function incidentsSection(material: ReportMaterial): ReportSection {
  const { alerts, events, idle } = material;
  const incidents = events.filter(({ kind }) => INCIDENTS.includes(kind));
  const lost = idle.stranded.rows.filter(({ cause }) => cause === 'unhealthy');
  const head = { id: 'incidents', title: 'Anomalies and incidents' };
  if (alerts.length + incidents.length + lost.length === 0)
    return sectionOf({ ...head, emptyReason: 'No alert was open, and no GPU or engine was lost in this time.' });
  return sectionOf({
    ...head,
    lead: [
      `${counted(alerts.length, 'alert')}, ${counted(incidents.filter(({ kind }) => kind === 'gpu-lost').length, 'lost GPU')}, ${counted(incidents.filter(({ kind }) => kind === 'engine-lost').length, 'lost engine')}, ${counted(incidents.filter(({ kind }) => kind === 'engine-restarted').length, 'restart')} of engines.`,
    ],
    tables: [
      ...(alerts.length === 0 ? [] : [alertTable(material)]),
      ...(lost.length === 0 ? [] : [lostTable(material)]),
      ...(incidents.length === 0 ? [] : [eventTable(incidents)]),
    ],
  });
}

function counted(count: number, name: string): string {
  return `${count} ${name}${count === 1 ? '' : 's'}`;
}

function alertTable({ alerts }: ReportMaterial): ReportTable {
  return tableOf({
    id: 'alerts',
    title: 'Alerts',
    columns: [
      plainColumn('at', 'Since', 'instant'),
      plainColumn('until', 'Until', 'instant'),
      textColumn('what', 'What'),
      textColumn('detail', 'Value and limit'),
      textColumn('state', 'State'),
    ],
    rows: alerts
      .toSorted((one, other) => one.since - other.since)
      .map((alert): ReportCell[] => [
        alert.since,
        alert.endedAt,
        alertTitle(alert),
        subjectDetail(alert.subject),
        [alert.endedAt === null ? 'open' : 'over', alert.acknowledgement === null ? null : 'acknowledged']
          .filter((part) => part !== null)
          .join(', '),
      ]),
    total: null,
  });
}

function lostTable({ idle }: ReportMaterial): ReportTable {
  return tableOf({
    id: 'lost-capacity',
    title: 'Capacity lost to failed hardware',
    columns: [
      textColumn('node', 'Node'),
      textColumn('pool', 'Pool'),
      textColumn('product', 'GPU'),
      addedColumn('gpu-hours', 'GPU time', 'gpu-hours'),
      addedColumn('usd', 'Cost', 'usd'),
      textColumn('because', 'Because'),
    ],
    rows: idle.stranded.rows
      .filter(({ cause }) => cause === 'unhealthy')
      .map((one): ReportCell[] => [one.node, one.pool, one.sku, one.gpuHours, one.usd, one.because]),
    total: {},
  });
}

function eventTable(incidents: ReportMaterial['events']): ReportTable {
  const left = incidents.length - INCIDENTS_MAX;
  return tableOf({
    id: 'events',
    title: 'Failures and restarts',
    ...(left > 0 ? { note: `The first ${INCIDENTS_MAX} of ${incidents.length}.` } : {}),
    columns: [
      plainColumn('at', 'When', 'instant'),
      textColumn('kind', 'What'),
      textColumn('subject', 'Of'),
      textColumn('node', 'Node'),
      textColumn('message', 'Detail'),
    ],
    rows: incidents
      .slice(0, INCIDENTS_MAX)
      .map((one): ReportCell[] => [one.at, one.kind.replaceAll('-', ' '), one.subject, one.node, one.message]),
    total: null,
  });
}
