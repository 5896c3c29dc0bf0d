import { ChangeText } from '#renderer/components/ChangeText.tsx';
import { FigureButton } from '#renderer/components/FigureButton.tsx';
import { Sparkline } from '#renderer/components/Sparkline.tsx';
import { Tile } from '#renderer/components/Tile.tsx';
import { usePage } from '#renderer/state/page-context.tsx';
import { ABSENCE_WORDS, BASIS_WORDS } from '#renderer/state/words.ts';
import type { CostSeries, FigureName, Overview } from '#shared/contract/backend-api.ts';
import type { Figure } from '#shared/model/figure.ts';
import { formatFigure, formatNumber, formatWithUnit } from '#shared/units/format-quantity.ts';
import { SavedTile } from './SavedTile.tsx';
import styles from './Tiles.module.css';
import { TILES, type TileRow } from './tile-rows.ts';

type TilesProps = { readonly overview: Overview; readonly series: CostSeries | undefined };

/** The figures of the moment that the cost comes from. */
export function Tiles({ overview, series }: TilesProps) {
  return (
    <div className={styles['tiles']}>
      {TILES.map((row) => (
        <FigureTile key={row.name} row={row} overview={overview} series={series} />
      ))}
      <SavedTile />
    </div>
  );
}

function FigureTile({ row, overview, series }: TilesProps & { readonly row: TileRow }) {
  const figure = row.figureOf(overview.now);
  const before = overview.dayBefore === null ? null : row.figureOf(overview.dayBefore).value;
  const values = series === undefined ? [] : row.historyOf(series);
  const printed = formatFigure(figure.value, figure.unit, { currency: 'before' });
  return (
    <Tile
      label={row.label}
      change={
        <ChangeText
          now={figure.value}
          before={before}
          better={row.better}
          reference="the same five minutes a day ago"
        />
      }
      value={<Explained name={row.name} overview={overview} text={printed.text} />}
      unit={printed.unit}
      caption={figure.absence === null ? CAPTIONS[row.name]?.({ overview, figure }) : ABSENCE_WORDS[figure.absence]}
      isWaste={row.name === 'idle-spend-rate'}
      spark={
        hasShape(values) && (
          <div className={styles['spark']}>
            <Sparkline
              values={values}
              width={84}
              height={30}
              colour={row.name === 'idle-spend-rate' ? 'var(--waste)' : 'var(--ink2)'}
              isFilled={row.name === 'idle-spend-rate'}
              {...(row.isFromZero ? { low: 0 } : {})}
            />
          </div>
        )
      }
    />
  );
}

type ExplainedProps = { readonly name: FigureName; readonly overview: Overview; readonly text: string };

function Explained({ name, overview, text }: ExplainedProps) {
  const { url } = usePage();
  return (
    <FigureButton request={{ name, window: overview.now.window, scope: url.scope, basis: url.basis }}>
      {text}
    </FigureButton>
  );
}

type CaptionProps = { readonly overview: Overview; readonly figure: Figure };

/** One line on what a figure rests on. */
const CAPTIONS: Partial<Record<FigureName, (props: CaptionProps) => React.ReactNode>> = {
  'spend-rate': ({ figure }) =>
    `${formatFigure(perMonth(figure.value), 'USD', { currency: 'before', decimals: 0 }).text} in a month at this rate`,
  throughput: ({ overview }) => <ThroughputCaption overview={overview} />,
  power: ({ figure }) => figure.powerBoundary ?? 'mean of five minutes',
  efficiency: ({ figure }) => <EfficiencyCaption figure={figure} />,
  'idle-spend-rate': ({ overview, figure }) =>
    idleCaption(formatWithUnit(overview.now.idleShare.value, 'ratio'), figure),
};

/** Joules are as good as what they cover: the boundary stands beside them. */
function EfficiencyCaption({ figure }: { readonly figure: Figure }) {
  const joules = `${formatFigure(inverse(figure.value), 'count', { decimals: 3 }).text} J per token`;
  return figure.powerBoundary === null ? joules : `${joules}, ${figure.powerBoundary}`;
}

function ThroughputCaption({ overview }: { readonly overview: Overview }) {
  const { url } = usePage();
  const { engines, models } = overview;
  return `${engines} ${engines === 1 ? 'engine' : 'engines'}, ${models} ${models === 1 ? 'model' : 'models'}, ${BASIS_WORDS[url.basis].name} tokens`;
}

function idleCaption(share: string, figure: Figure): string {
  const free = figure.parts.find((part) => part.key === 'unallocated')?.value;
  const quiet = figure.parts.find((part) => part.key === 'loaded-idle')?.value;
  if (free === undefined || quiet === undefined) return `${share} of spend`;
  return `${share} of spend: loaded but quiet $${formatNumber(quiet, 2)}, free $${formatNumber(free, 2)}`;
}

/** Fewer values than this draw no line worth looking at. */
const VALUES_LEAST = 4;

function hasShape(values: readonly (number | null)[]): boolean {
  return values.filter((value) => value !== null).length >= VALUES_LEAST;
}

/** Hours in an average month, 8,760 / 12. */
const HOURS_PER_MONTH = 730;

function perMonth(perHour: number | null): number | null {
  return perHour === null ? null : perHour * HOURS_PER_MONTH;
}

function inverse(value: number | null): number | null {
  return value === null || value === 0 ? null : 1 / value;
}
