import { ExportButton } from '#renderer/components/ExportButton.tsx';
import { FigureText } from '#renderer/components/FigureText.tsx';
import { usePage } from '#renderer/state/page-context.tsx';
import { toPage } from '#renderer/state/url-state.ts';
import type { CostDetail } from '#shared/contract/cost-schema.ts';
import { formatInstant } from '#shared/units/format-time.ts';
import { earningsExport } from './cost-exports.ts';
import styles from './CostPage.module.css';

/** What the tokens are sold for beside what they cost, and rent that is committed for years. */
export function EarningsPanel({ answer }: { readonly answer: CostDetail }) {
  const { earnings, window } = answer;
  return (
    <section className={styles['panel']} aria-label="Revenue and margin">
      <header className={styles['head']}>
        <h2>Revenue and margin</h2>
        <span>at your token prices</span>
        <ExportButton name="cost-revenue" {...earningsExport(answer)} />
      </header>
      <dl className={styles['pairs']}>
        <Pair label="Revenue" note="tokens by class × list price">
          <FigureText title="Revenue" figure={earnings.revenue} window={window} options={{ currency: 'before' }} />
        </Pair>
        <Pair label="Gross margin" note="1 − cost ÷ revenue">
          <FigureText title="Gross margin" figure={earnings.margin} window={window} />
        </Pair>
        <Pair label="Revenue multiple" note="revenue ÷ cost">
          <FigureText title="Revenue multiple" figure={earnings.multiple} window={window} />
        </Pair>
        <Pair label="Return on cost" note="(revenue − cost) ÷ cost">
          <FigureText title="Return on the cost of the range" figure={earnings.returnOnCost} window={window} />
        </Pair>
      </dl>
      {earnings.revenue.value !== null && <Models answer={answer} />}
      {earnings.missing.length > 0 && <Missing lines={earnings.missing} />}
      <Commitments answer={answer} />
    </section>
  );
}

function Pair({
  label,
  note,
  children,
}: {
  readonly label: string;
  readonly note: string;
  readonly children: React.ReactNode;
}) {
  return (
    <div>
      <dt>{label}</dt>
      <dd>{children}</dd>
      <dd>{note}</dd>
    </div>
  );
}

function Models({ answer: { earnings, window } }: { readonly answer: CostDetail }) {
  return (
    <table className={styles['table']}>
      <thead>
        <tr>
          <th>Model</th>
          <th>Revenue, $</th>
          <th>Own cost, $</th>
        </tr>
      </thead>
      <tbody>
        {earnings.models.map(({ model, revenue, cost }) => (
          <tr key={model}>
            <th scope="row" title={model}>
              {model}
            </th>
            <td>
              <FigureText title={`Revenue of ${model}`} figure={revenue} window={window} isBare />
            </td>
            <td>
              <FigureText title={`Cost of ${model}`} figure={cost} window={window} isBare />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** Up to this many reasons are shown: the first is enough to act on. */
const LINES_MAX = 3;

/** What to enter, and where. */
export function Missing({ lines }: { readonly lines: readonly string[] }) {
  const { go } = usePage();
  return (
    <div className={styles['missing']}>
      <ul>
        {lines.slice(0, LINES_MAX).map((line) => (
          <li key={line}>{line}</li>
        ))}
        {lines.length > LINES_MAX && <li>and {lines.length - LINES_MAX} more of the same.</li>}
      </ul>
      <button type="button" onClick={() => go(toPage('cost-book'))}>
        Open the cost book
      </button>
    </div>
  );
}

function Commitments({ answer: { commitments, window } }: { readonly answer: CostDetail }) {
  const { zone } = usePage();
  if (commitments.length === 0) return null;
  return (
    <table className={styles['table']}>
      <thead>
        <tr>
          <th>Committed rent</th>
          <th>Cash, $</th>
          <th>Amortised, $</th>
          <th>Unused</th>
        </tr>
      </thead>
      <tbody>
        {commitments.map((one) => (
          <tr key={`${one.price} ${one.since}`}>
            <th scope="row" title={`since ${formatInstant(one.since, zone, 'date')}, ${one.years} years`}>
              {one.gpus} × {one.price}
            </th>
            <td>
              <FigureText title={`Cash of ${one.price}`} figure={one.cash} window={window} isBare />
            </td>
            <td>
              <FigureText title={`Amortised rent of ${one.price}`} figure={one.amortised} window={window} isBare />
            </td>
            <td>
              <FigureText title={`Unused commitment of ${one.price}`} figure={one.unused} window={window} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
