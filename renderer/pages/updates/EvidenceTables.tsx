import { useQuery } from '@tanstack/react-query';
import { useBackend } from '#renderer/backend/BackendProvider.tsx';
import { Answer } from '#renderer/components/Answer.tsx';
import { ExportButton } from '#renderer/components/ExportButton.tsx';
import { FigureButton } from '#renderer/components/FigureButton.tsx';
import { Skeleton } from '#renderer/components/Skeleton.tsx';
import { usePage } from '#renderer/state/page-context.tsx';
import { windowLabel } from '#renderer/state/range-spec.ts';
import type { BeforeAfter, UpdateAnswer, UpdateStratum } from '#shared/contract/savings-schema.ts';
import type { Figure } from '#shared/model/figure.ts';
import type { TimeRange } from '#shared/time/time-range.ts';
import type { FigureUnit } from '#shared/units/figure-unit.ts';
import { formatNumber, formatWithUnit, UNKNOWN } from '#shared/units/format-quantity.ts';
import { formatInstant } from '#shared/units/format-time.ts';
import styles from './UpdatesPage.module.css';
import { strataExport } from './update-rows.ts';
import { changePercent } from './update-words.ts';

/** All that a change was judged by: windows, conditions, strata. With the strata anybody can work the saving out. */
export function EvidenceTables({ id }: { readonly id: string }) {
  const { queries } = useBackend();
  const query = useQuery(queries.update(id));
  return (
    <Answer query={query} what="The evidence" skeleton={<Skeleton height={200} />}>
      {(evidence) =>
        evidence === null ? null : (
          <section className={styles['tables']}>
            <Windows evidence={evidence} />
            <Conditions evidence={evidence} />
            <Strata evidence={evidence} />
          </section>
        )
      }
    </Answer>
  );
}

function Windows({ evidence }: { readonly evidence: UpdateAnswer }) {
  const { zone } = usePage();
  const { windows, sides, settledFrom, draws, detectable, controls, estimates } = evidence;
  return (
    <div>
      <h3>Windows of 5 min</h3>
      <table>
        <thead>
          <tr>
            <th>Windows</th>
            <th data-number>Before</th>
            <th data-number>After</th>
          </tr>
        </thead>
        <tbody>
          <tr>
            <th scope="row">Used</th>
            <td data-number>{formatNumber(windows.before, 0)}</td>
            <td data-number>{formatNumber(windows.after, 0)}</td>
          </tr>
          {windows.dropped.map(({ reason, before, after }) => (
            <tr key={reason}>
              <th scope="row">Left out: {reason}</th>
              <td data-number>{formatNumber(before, 0)}</td>
              <td data-number>{formatNumber(after, 0)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <ul>
        <li>Before: {windowLabel(sides.before, zone)}</li>
        <li>After: {windowLabel(sides.after, zone)}</li>
        <li>Warm: {settledFrom === null ? 'not yet' : `from ${formatInstant(settledFrom, zone, 'short')}`}</li>
        {controls.length > 0 && <li>Control: {controls.join(', ')}</li>}
        {draws !== null && (
          <li>
            Interval: {formatNumber(draws.count, 0)} {draws.isExact ? 'resamples, all there are' : 'draws'} of whole
            days, seed {draws.seed}
          </li>
        )}
        {detectable !== null && <li>Found four times of five: changes from {formatWithUnit(detectable, 'ratio')}</li>}
        <li>
          Fake dates:{' '}
          {estimates.fakeDates === null
            ? 'the history is too short for twenty'
            : `${formatWithUnit(estimates.fakeDates.share, 'ratio', { decimals: 0 })} of twenty as large`}
        </li>
      </ul>
    </div>
  );
}

function Conditions({ evidence }: { readonly evidence: UpdateAnswer }) {
  const { covariates, service, occupancyChange, estimates } = evidence;
  const line = (name: string, values: BeforeAfter, unit: FigureUnit) => (
    <tr>
      <th scope="row">{name}</th>
      <td data-number>{formatWithUnit(values.before, unit)}</td>
      <td data-number>{formatWithUnit(values.after, unit)}</td>
    </tr>
  );
  return (
    <div>
      <h3>What the work was like</h3>
      <table>
        <thead>
          <tr>
            <th>Mean, by tokens</th>
            <th data-number>Before</th>
            <th data-number>After</th>
          </tr>
        </thead>
        <tbody>
          {line('Requests in flight per GPU', covariates.concurrencyPerGpu, 'count')}
          {line('Input per request', covariates.inputTokensPerRequest, 'token')}
          {line('Output per request', covariates.outputTokensPerRequest, 'token')}
          {line('Cached input', covariates.cacheHitRate, 'ratio')}
          {line('GPU board power', covariates.wattsPerGpu, 'W')}
          {line('p95 time to first token', service.ttftP95Seconds, 's')}
          {service.ttftTargetSeconds !== null &&
            line(`TTFT within ${formatWithUnit(service.ttftTargetSeconds, 's')}`, service.ttftAttainment, 'ratio')}
          {service.interTokenTargetSeconds !== null &&
            line(
              `Token gap within ${formatWithUnit(service.interTokenTargetSeconds, 's')}`,
              service.interTokenAttainment,
              'ratio',
            )}
          {line('Failed requests', service.errorRate, 'ratio')}
        </tbody>
      </table>
      <ul>
        <li>Load within what was compared: {changePercent(occupancyChange)} (beyond ±15 % no number is shown)</li>
        <li>
          By regression to load: {changePercent(estimates.regression)} from{' '}
          {formatNumber(estimates.regressionWindows, 0)} windows
        </li>
        <li>At the mix of work before: {changePercent(estimates.laspeyres)}</li>
      </ul>
    </div>
  );
}

const STRATA_SHOWN = 200;

function Strata({ evidence }: { readonly evidence: UpdateAnswer }) {
  const { strata, change } = evidence;
  return (
    <div className={styles['strata']}>
      <header>
        <h3>Strata: work under equal conditions</h3>
        <ExportButton
          name={`strata-${change.deployment.model.replaceAll(/[^\w.-]+/gu, '-')}`}
          {...strataExport(evidence)}
        />
      </header>
      <table>
        <thead>
          <tr>
            <th>Requests per GPU</th>
            <th data-number>Input from</th>
            <th data-number>Output from</th>
            <th data-number>Cached from</th>
            <th data-number>Mtok before</th>
            <th data-number>Mtok after</th>
            <th data-number>GPU-s/Mtok before</th>
            <th data-number>GPU-s/Mtok after</th>
            <th data-number>Change</th>
            <th data-number>Freed, GPU-h</th>
          </tr>
        </thead>
        <tbody>
          {strata.slice(0, STRATA_SHOWN).map((one) => (
            <StratumLine
              key={JSON.stringify([
                one.sku,
                one.loadFrom,
                one.inputTokensFrom,
                one.outputTokensFrom,
                one.cacheHitsFrom,
                one.powerClass,
              ])}
              one={one}
              freed={evidence.freed}
              window={evidence.sides.after}
            />
          ))}
        </tbody>
      </table>
    </div>
  );
}

type StratumLineProps = {
  readonly one: UpdateStratum;
  /** All that was freed: the lines that were compared add to it. */
  readonly freed: Figure | null;
  readonly window: TimeRange;
};

function StratumLine({ one, freed, window }: StratumLineProps) {
  const { before, after, counterfactual, isSupported } = one;
  const intensity = ({ gpuSeconds, weightedTokens }: UpdateStratum['before']): number | null =>
    weightedTokens > 0 ? (gpuSeconds / weightedTokens) * 1e6 : null;
  const [was, is] = [intensity(before), intensity(after)];
  const printed = (value: number | null, decimals: number): string =>
    value === null ? UNKNOWN : formatNumber(value, decimals);
  return (
    <tr data-counted={isSupported}>
      <th scope="row" title={[one.sku, one.powerClass].filter((text) => text !== null).join(', ')}>
        {one.loadFrom === null || one.loadTo === null
          ? 'not told'
          : `${printed(one.loadFrom, 2)} to ${printed(one.loadTo, 2)}`}
      </th>
      <td data-number>{printed(one.inputTokensFrom, 0)}</td>
      <td data-number>{printed(one.outputTokensFrom, 0)}</td>
      <td data-number>
        {one.cacheHitsFrom === null ? UNKNOWN : formatWithUnit(one.cacheHitsFrom, 'ratio', { decimals: 0 })}
      </td>
      <td data-number>{printed(before.weightedTokens / 1e6, 1)}</td>
      <td data-number>{printed(after.weightedTokens / 1e6, 1)}</td>
      <td data-number>{printed(was, 2)}</td>
      <td data-number>{printed(is, 2)}</td>
      <td data-number>{was === null || is === null || !isSupported ? 'not compared' : changePercent(is / was - 1)}</td>
      <td data-number>
        {counterfactual === null || freed === null ? (
          UNKNOWN
        ) : (
          <FigureButton request={{ title: 'Freed GPU-hours', figure: freed, window }}>
            {printed((counterfactual - after.gpuSeconds) / 3600, 2)}
          </FigureButton>
        )}
      </td>
    </tr>
  );
}
