import { alertTitle, subjectDetail, subjectTitle } from '#shared/alerts/alert-text.ts';
import type { AlertsAnswer } from '#shared/contract/alerts-schema.ts';
import type { BackendClient } from '#shared/contract/client.ts';
import { fail, succeed, type Result } from '#shared/lib/result.ts';
import type { Alert } from '#shared/model/alert.ts';
import { formatInstant } from '#shared/units/format-time.ts';
import { failureOfCall, type CommandFailure } from './exit-codes.ts';
import type { Report } from './report.ts';
import { tableText } from './text-table.ts';

/** Open alerts, most important first. Any that nobody has acknowledged is a warning, and so makes the exit code 3. */
export async function alertsReport(client: BackendClient): Promise<Result<Report, CommandFailure>> {
  const about = await client.capabilities({});
  if (!about.ok) return fail(failureOfCall(about.failure));
  const answer = await client.alerts({});
  if (!answer.ok) return fail(failureOfCall(answer.failure));
  const { open, openCount, recent, lookedAt, delivery } = answer.value;
  const { fleetName: fleet, isSample } = about.value;
  return succeed({
    json: { fleet, isSample, lookedAt, openCount, open, recent, delivery },
    text: textOf(answer.value),
    warnings: openCount === 0 ? [] : [`${openCount} ${openCount === 1 ? 'alert is' : 'alerts are'} open`],
  });
}

function textOf({ open, lookedAt }: AlertsAnswer): string {
  if (lookedAt === null) return 'nothing was looked at yet';
  const looked = `last looked at ${formatInstant(lookedAt, 'UTC', 'second')}`;
  if (open.length === 0) return `no alert is open; ${looked}`;
  const head = ['since', 'alert', 'detail', 'known until'];
  return `${tableText([head, ...open.flatMap(rowsOf)])}\n${looked}`;
}

function rowsOf(alert: Alert): readonly (readonly string[])[] {
  const { since, subject, beneath, acknowledgement, isUrgent } = alert;
  const title = alertTitle({ ...alert, beneath: [] });
  const known = acknowledgement === null ? '' : formatInstant(acknowledgement.until, 'UTC', 'input');
  return [
    [formatInstant(since, 'UTC', 'input'), isUrgent ? `urgent: ${title}` : title, subjectDetail(subject), known],
    ...beneath.map((one) => [
      formatInstant(one.since, 'UTC', 'input'),
      `with it: ${subjectTitle(one.subject)}`,
      subjectDetail(one.subject),
      '',
    ]),
  ];
}
