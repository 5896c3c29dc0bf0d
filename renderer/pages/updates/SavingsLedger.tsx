import type { ReactNode } from 'react';
import { ExportButton } from '#renderer/components/ExportButton.tsx';
import { FigureButton } from '#renderer/components/FigureButton.tsx';
import { FigureText } from '#renderer/components/FigureText.tsx';
import { Icon } from '#renderer/components/Icon.tsx';
import { usePage } from '#renderer/state/page-context.tsx';
import { windowLabel } from '#renderer/state/range-spec.ts';
import { seriesColourOf } from '#renderer/state/series-colours.ts';
import { FREED_USES, type LedgerRow, type UpdatesAnswer, type UpdateSummary } from '#shared/contract/savings-schema.ts';
import type { Figure } from '#shared/model/figure.ts';
import { formatNumber, formatWithUnit, UNKNOWN } from '#shared/units/format-quantity.ts';
import { formatInstant } from '#shared/units/format-time.ts';
import styles from './UpdatesPage.module.css';
import { ledgerExport, ledgerLines, type LedgerLine } from './update-rows.ts';
import { changePercent, changeWords, deploymentWords, VERDICT_LOOKS } from './update-words.ts';
import { useUpdateCall } from './use-update-call.ts';
import { Grade } from './VerdictBadge.tsx';

type SavingsLedgerProps = { readonly answer: UpdatesAnswer; readonly onChoose: (id: string) => void };

/** What changes freed and cost: GPU-hours first, then what became of them in dollars. Columns add. */
export function SavingsLedger({ answer, onChoose }: SavingsLedgerProps) {
  const { zone } = usePage();
  const lines = ledgerLines(answer);
  const { totals } = answer.ledger;
  const money = (title: string, figure: Figure, currency: 'unit' | 'before' = 'unit') => (
    <FigureText title={title} figure={figure} window={answer.window} isBare options={{ decimals: 0, currency }} />
  );
  return (
    <section className={styles['ledger']}>
      <header>
        <h2>Savings ledger</h2>
        <small>{windowLabel(answer.window, zone)}; value = freed GPU-hours × fixed rate before the change</small>
        <p>
          released {money('Released, cash', totals.released, 'before')} + absorbed{' '}
          {money('Absorbed by growth', totals.absorbed, 'before')} + still idle{' '}
          {money('Still idle', totals.stillIdle, 'before')} less regressions{' '}
          {money('Lost to regressions', totals.lost, 'before')} ={' '}
          <b>{money('Net value of updates', totals.net, 'before')}</b>
        </p>
        <ExportButton name="savings-ledger" {...ledgerExport(lines, zone)} />
      </header>
      {lines.length === 0 ? (
        <p className={styles['none']}>No change of software has work in this range that could be compared.</p>
      ) : (
        <div className={styles['ledgerScroll']}>
          <table>
            <thead>
              <tr>
                <th>Changed</th>
                <th>Deployment</th>
                <th>What</th>
                <th data-number>Change, %</th>
                <th>Verdict</th>
                <th>Grade</th>
                <th data-number>Comparable</th>
                <th data-number>Freed, GPU-h</th>
                <th data-number>Released, $</th>
                <th data-number>Absorbed, $</th>
                <th data-number>Still idle, $</th>
                <th data-number>Lost, $</th>
                <th data-number>Net, $</th>
                <th>What became of it</th>
              </tr>
            </thead>
            <tbody>
              {lines.map((line) => (
                <Line key={line.row.id} line={line} answer={answer} onChoose={onChoose} />
              ))}
            </tbody>
            <tfoot>
              <tr>
                <th scope="row" colSpan={7}>
                  Total
                </th>
                <td data-number>
                  <FigureText
                    title="Freed GPU-hours"
                    figure={totals.freed}
                    window={answer.window}
                    isBare
                    options={{ decimals: 0 }}
                  />
                </td>
                <td data-number>{money('Released, cash', totals.released)}</td>
                <td data-number>{money('Absorbed by growth', totals.absorbed)}</td>
                <td data-number>{money('Still idle', totals.stillIdle)}</td>
                <td data-number>{money('Lost to regressions', totals.lost)}</td>
                <td data-number>{money('Net value of updates', totals.net)}</td>
              </tr>
            </tfoot>
          </table>
        </div>
      )}
    </section>
  );
}

type LineProps = { readonly line: LedgerLine; readonly answer: UpdatesAnswer; readonly onChoose: (id: string) => void };

function Line({ line: { row, summary }, answer, onChoose }: LineProps) {
  const { zone } = usePage();
  const { change, effect, verdict } = summary;
  const look = VERDICT_LOOKS[verdict];
  const name = deploymentWords(change.deployment);
  const dollars = (use: string, amount: number): ReactNode =>
    row.value === null || amount === 0 ? (
      UNKNOWN
    ) : (
      <FigureButton request={{ title: `Value, ${name}: ${use}`, figure: row.value, window: answer.window }}>
        {formatNumber(amount, 0)}
      </FigureButton>
    );
  return (
    <tr data-counted={row.freed !== null}>
      <th scope="row">
        <button type="button" onClick={() => onChoose(change.id)}>
          {formatInstant(change.firstAt, zone, 'short')}
        </button>
      </th>
      <td>
        <i className={styles['dot']} style={{ background: seriesColourOf(change.deployment.model) }} />
        {name}
      </td>
      <td title={changeWords(change)}>{changeWords(change)}</td>
      <td data-number>
        {effect === null ? (
          UNKNOWN
        ) : (
          <FigureButton
            request={{ title: `GPU time per token, ${name}`, figure: effect.figure, window: answer.window }}
          >
            {changePercent(effect.change).replace(' %', '')}
          </FigureButton>
        )}
      </td>
      <td data-tone={look.tone}>
        <span className={styles['verdictCell']}>
          <Icon name={look.icon} size={12} />
          {look.words}
        </span>
      </td>
      <td>{look.tone === 'waiting' ? null : <Grade grade={summary.grade} />}</td>
      <td data-number>{formatWithUnit(summary.coverage, 'ratio', { decimals: 0 })}</td>
      <td data-number>
        {row.freed === null ? (
          UNKNOWN
        ) : (
          <FigureText
            title={`Freed GPU-hours, ${name}`}
            figure={row.freed}
            window={answer.window}
            isBare
            options={{ decimals: 0 }}
          />
        )}
      </td>
      <td data-number>{dollars('released', row.released)}</td>
      <td data-number>{dollars('absorbed by growth', row.absorbed)}</td>
      <td data-number>{dollars('still idle', row.stillIdle)}</td>
      <td data-number data-tone={row.lost > 0 ? 'bad' : 'plain'}>
        {dollars('lost', row.lost)}
      </td>
      <td data-number>
        {row.value === null ? (
          UNKNOWN
        ) : (
          <FigureText
            title={`Value, ${name}`}
            figure={row.value}
            window={answer.window}
            isBare
            options={{ decimals: 0 }}
          />
        )}
      </td>
      <td>
        {row.freed !== null && verdict === 'saving' ? <Tag row={row} summary={summary} /> : waitingWords(summary, zone)}
      </td>
    </tr>
  );
}

function waitingWords({ readyAt, verdict }: UpdateSummary, zone: string): string {
  if (readyAt !== null) return `not counted before ${formatInstant(readyAt, zone, 'day')}`;
  return VERDICT_LOOKS[verdict].tone === 'waiting' ? 'not counted' : '';
}

const USE_WORDS = { released: 'released: cash', absorbed: 'absorbed by growth', 'still-idle': 'still idle' } as const;

/** What became of the hours, said by who knows; until then nothing did. */
function Tag({ row, summary }: { readonly row: LedgerRow; readonly summary: UpdateSummary }) {
  const save = useUpdateCall('tagUpdate');
  return (
    <span className={styles['tag']}>
      <select
        aria-label={`What became of the hours of ${deploymentWords(summary.change.deployment)}`}
        value={row.tag ?? ''}
        disabled={save.isPending}
        onChange={(event) => {
          const tag = FREED_USES.find((use) => use === event.target.value) ?? null;
          save.mutate({ id: row.id, tag, note: row.tagNote });
        }}
      >
        <option value="">not said yet</option>
        {FREED_USES.map((use) => (
          <option key={use} value={use}>
            {USE_WORDS[use]}
          </option>
        ))}
      </select>
      {row.tag !== null && (
        <input
          aria-label="Note"
          placeholder="note"
          maxLength={500}
          defaultValue={row.tagNote ?? ''}
          onBlur={(event) => {
            const note = event.target.value === '' ? null : event.target.value;
            if (note !== row.tagNote) save.mutate({ id: row.id, tag: row.tag, note });
          }}
        />
      )}
      {save.error !== null && <em role="alert">{save.error.message}</em>}
    </span>
  );
}
