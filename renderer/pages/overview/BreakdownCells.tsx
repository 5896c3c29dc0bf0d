import { ChangeText } from '#renderer/components/ChangeText.tsx';
import { FigureButton } from '#renderer/components/FigureButton.tsx';
import { Sparkline } from '#renderer/components/Sparkline.tsx';
import { StateBar } from '#renderer/components/StateBar.tsx';
import { usePage } from '#renderer/state/page-context.tsx';
import { seriesColourOf } from '#renderer/state/series-colours.ts';
import { KIND_FIGURES } from '#renderer/state/words.ts';
import type { BreakdownDimension, FigureName } from '#shared/contract/backend-api.ts';
import { FIGURE_WORDS } from '#shared/model/figure-name.ts';
import type { TimeRange } from '#shared/time/time-range.ts';
import { formatFigure, formatNumber, UNKNOWN } from '#shared/units/format-quantity.ts';
import styles from './Breakdown.module.css';
import type { CostRow } from './cost-rows.ts';

type BreakdownCellsProps = {
  readonly shaped: CostRow;
  readonly window: TimeRange;
  /** Unit with prefix that the throughput column is printed in. */
  readonly tokenScale: string;
  /** Name of the total row; the others are named by their own label. */
  readonly totalLabel?: string;
};

export function BreakdownCells({ shaped, window, tokenScale, totalLabel }: BreakdownCellsProps) {
  const { url } = usePage();
  const { row } = shaped;
  const isTotal = totalLabel !== undefined;
  const explain = (name: FigureName, text: string) => (
    <Explained shaped={shaped} window={window} name={name} text={text} isTotal={isTotal} />
  );
  return (
    <tr data-group={isTotal ? 'total' : row.group}>
      <th scope="row" className={styles['name']}>
        <RowName shaped={shaped} totalLabel={totalLabel} />
      </th>
      <td>{formatNumber(row.gpus, Number.isInteger(Number(row.gpus.toFixed(1))) ? 0 : 1)}</td>
      <td className={styles['states']}>
        <StateBar seconds={row.gpuSeconds} />
      </td>
      <td>{explain('throughput', tokensText(row.tokensPerSecond, tokenScale))}</td>
      <td>
        <div className={styles['barred']}>
          <i style={{ width: `${isTotal ? 0 : shaped.costShare * 100}%` }} />
          {explain(KIND_FIGURES.loaded, shaped.costText)}
        </div>
      </td>
      <td>
        <ChangeText
          now={row.cost}
          before={row.costBefore}
          better="down"
          reference="the preceding window of equal length"
        />
        {(row.cost === null || row.costBefore === null) && <span className={styles['none']}>{UNKNOWN}</span>}
      </td>
      <td className={styles['spark']}>
        {row.history.length > 1 && (
          <Sparkline
            values={row.history}
            width={84}
            height={20}
            colour={isTotal ? 'var(--ink2)' : colourOf(shaped, url.by)}
          />
        )}
      </td>
      <td>{explain('efficiency', formatFigure(row.tokensPerJoule, 'token/J').text)}</td>
      <td data-idle={(row.idleUsdPerHour ?? 0) > 0}>
        <div className={styles['barred']}>
          <i data-part="idle" style={{ width: `${isTotal ? 0 : shaped.idleShare * 100}%` }} />
          {explain('idle-spend-rate', shaped.idleText)}
        </div>
      </td>
      <td>{explain('spend-rate', shaped.spendText)}</td>
    </tr>
  );
}

function RowName({
  shaped,
  totalLabel,
}: Pick<BreakdownCellsProps, 'shaped'> & { readonly totalLabel: string | undefined }) {
  const { go, url } = usePage();
  const { row, scope } = shaped;
  if (totalLabel !== undefined) return <span>{totalLabel}</span>;
  return (
    <>
      {row.group === 'member' ? (
        url.by === 'model' && <i className={styles['dot']} style={{ background: colourOf(shaped, url.by) }} />
      ) : (
        <i className={styles['dot']} data-state={GROUP_STATES[row.group]} />
      )}
      {scope === null ? (
        <span>{row.label}</span>
      ) : (
        <button
          type="button"
          title={`Show ${row.label} alone`}
          onClick={() => go({ scope, by: url.page === 'cost' ? deeperThan(url.by) : url.by })}
        >
          {row.label}
        </button>
      )}
    </>
  );
}

/** The path down, always the same: fleet, site, rack, node, GPU or model, engine. */
const DEEPER: Readonly<Partial<Record<BreakdownDimension, BreakdownDimension>>> = {
  fleet: 'site',
  site: 'rack',
  pool: 'node',
  rack: 'node',
  node: 'gpu',
  gpu: 'engine',
  tenant: 'deployment',
  model: 'engine',
  deployment: 'engine',
};

function deeperThan(by: BreakdownDimension): BreakdownDimension {
  return DEEPER[by] ?? by;
}

const GROUP_STATES = { free: 'unallocated', down: 'unhealthy', unseen: 'unobserved', unplaced: 'loading' } as const;

type ExplainedProps = {
  readonly shaped: CostRow;
  readonly window: TimeRange;
  readonly name: FigureName;
  readonly text: string;
  readonly isTotal: boolean;
};

/** A cell that explains itself, where the scope of its row can be asked for. */
function Explained({ shaped, window, name, text, isTotal }: ExplainedProps) {
  const { url } = usePage();
  const scope = isTotal ? url.scope : shaped.scope;
  const asked = name === KIND_FIGURES.loaded ? KIND_FIGURES[url.kind] : name;
  const { figures, label } = shaped.row;
  const figure = figures?.[asked];
  if (text === UNKNOWN) return <span className={styles['none']}>{text}</span>;
  if (figure !== undefined) {
    return <FigureButton request={{ title: `${FIGURE_WORDS[asked]}, ${label}`, figure, window }}>{text}</FigureButton>;
  }
  if (scope === null) return text;
  return <FigureButton request={{ name: asked, window, scope, basis: url.basis }}>{text}</FigureButton>;
}

/** Models have colours of their own; of nodes and engines there are too many. */
function colourOf({ row }: CostRow, by: BreakdownDimension): string {
  return by === 'model' && row.group === 'member' ? seriesColourOf(row.key) : 'var(--ink2)';
}

/** Throughput in the unit of the column, so that its figures can be compared at a glance. */
function tokensText(value: number | null, scale: string): string {
  if (value === null) return UNKNOWN;
  const factor = { 'k tok/s': 1e3, 'M tok/s': 1e6, 'B tok/s': 1e9 }[scale] ?? 1;
  const scaled = value / factor;
  return formatNumber(scaled, factor === 1 ? 1 : factor === 1e3 ? 1 : 3);
}
