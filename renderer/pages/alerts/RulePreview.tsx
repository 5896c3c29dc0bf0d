import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { useBackend } from '#renderer/backend/BackendProvider.tsx';
import { Chart } from '#renderer/charts/Chart.tsx';
import { readChartTheme } from '#renderer/charts/chart-theme.ts';
import { WATCH_PLOT, watchOption } from '#renderer/charts/watch-option.ts';
import { ExportButton } from '#renderer/components/ExportButton.tsx';
import { usePage } from '#renderer/state/page-context.tsx';
import { useRested } from '#renderer/state/use-rested.ts';
import type { RulePreview as Preview } from '#shared/contract/alerts-schema.ts';
import type { AlertRule } from '#shared/model/alert.ts';
import { FIGURE_UNITS } from '#shared/model/figure-name.ts';
import { formatInstant } from '#shared/units/format-time.ts';
import { ruleInput } from './rule-draft.ts';
import styles from './AlertsPage.module.css';

/** A rule is looked at over the past days when nothing was typed for this long. */
const REST_MS = 400;

/** When a rule would have been an alert in the last seven days, while it is being typed. */
export function RulePreview({ rule }: { readonly rule: AlertRule }) {
  const { queries } = useBackend();
  const asked = useRested(rule, REST_MS);
  const { data, error, isFetching } = useQuery(queries.previewAlertRule(ruleInput(asked)));
  return (
    <section className={styles['preview']} aria-label="The last seven days" data-fetching={isFetching}>
      <p>
        {error?.message ?? (data === undefined ? 'The last seven days are looked at…' : wordsOf(data))}
        {data !== undefined && <PreviewExport preview={data} rule={asked} />}
      </p>
      {data !== undefined && <PreviewChart preview={data} rule={asked} />}
    </section>
  );
}

function PreviewChart({ preview, rule }: { readonly preview: Preview; readonly rule: AlertRule }) {
  const { zone, themeName } = usePage();
  const option = useMemo(() => {
    const theme = readChartTheme(document.documentElement, themeName);
    const { at, values, window } = preview;
    return watchOption({
      at,
      values,
      against: againstOf(preview, rule),
      window,
      unit: FIGURE_UNITS[rule.figure],
      zone,
      theme,
    });
  }, [preview, rule, zone, themeName]);
  const { from, to } = preview.window;
  return (
    <div className={styles['chart']}>
      <Chart option={option} summary={wordsOf(preview)} />
      <div
        className={styles['over']}
        style={{ left: WATCH_PLOT.left, right: WATCH_PLOT.right, bottom: WATCH_PLOT.bottom }}
      >
        {preview.alerts.map((alert) => (
          <i
            key={alert.from}
            title={`${formatInstant(alert.from, zone, 'short')} to ${formatInstant(alert.to, zone, 'short')}`}
            style={{
              left: `${((alert.from - from) / (to - from)) * 100}%`,
              width: `max(2px, ${((alert.to - alert.from) / (to - from)) * 100}%)`,
            }}
          />
        ))}
      </div>
    </div>
  );
}

function PreviewExport({ preview, rule }: { readonly preview: Preview; readonly rule: AlertRule }) {
  const unit = FIGURE_UNITS[rule.figure];
  const against = againstOf(preview, rule);
  const rows = preview.at.map((at, index) => [
    new Date(at).toISOString(),
    preview.values[index] ?? null,
    against[index] ?? null,
    preview.alerts.some(({ from, to }) => at >= from && at < to) ? 'alert' : '',
  ]);
  const columns = [{ head: 'Time' }, { head: 'Value', unit }, { head: 'Limit or usual', unit }, { head: 'State' }];
  return <ExportButton name={`rule-${rule.id}`} columns={columns} rows={rows} />;
}

function againstOf(preview: Preview, { test }: AlertRule): readonly (number | null)[] {
  return test.kind === 'limit' ? preview.at.map(() => test.limit) : preview.usual;
}

function wordsOf({ alerts, note }: Preview): string {
  const times = alerts.length === 1 ? 'once' : `${alerts.length} times`;
  const said = alerts.length === 0 ? 'No alert in the last seven days.' : `An alert ${times} in the last seven days.`;
  return note === null ? said : `${said} ${note}`;
}
