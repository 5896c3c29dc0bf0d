import { useQuery } from '@tanstack/react-query';
import { useBackend } from '#renderer/backend/BackendProvider.tsx';
import { ChangeText } from '#renderer/components/ChangeText.tsx';
import { FigureButton } from '#renderer/components/FigureButton.tsx';
import { FigureText } from '#renderer/components/FigureText.tsx';
import { Sparkline } from '#renderer/components/Sparkline.tsx';
import { Tile } from '#renderer/components/Tile.tsx';
import { usePage } from '#renderer/state/page-context.tsx';
import { useAsked } from '#renderer/state/use-asked.ts';
import { ABSENCE_WORDS, BASIS_WORDS } from '#renderer/state/words.ts';
import type { CostSeries, FigureName, Overview } from '#shared/contract/backend-api.ts';
import type { Figure } from '#shared/model/figure.ts';
import { formatFigure, formatWithUnit } from '#shared/units/format-quantity.ts';
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
  'spend-rate': ({ overview: { now } }) => (
    <>
      <FigureText
        title="Spend of a month at this rate"
        figure={now.monthSpend}
        window={now.window}
        options={WHOLE_USD}
      />{' '}
      in a month at this rate
    </>
  ),
  throughput: ({ overview }) => <ThroughputCaption overview={overview} />,
  power: ({ figure }) => figure.powerBoundary ?? 'mean of five minutes',
  efficiency: ({ overview, figure }) => <EfficiencyCaption overview={overview} figure={figure} />,
  'idle-spend-rate': ({ overview }) => <IdleCaption overview={overview} />,
};

/** Joules are as good as what they cover: the boundary stands beside them. */
function EfficiencyCaption({ overview, figure }: CaptionProps) {
  const joules = `${formatFigure(inverse(figure.value), 'count', { decimals: 3 }).text} J per token`;
  return (
    <>
      <Explained name="efficiency" overview={overview} text={joules} />
      {figure.powerBoundary !== null && `, ${figure.powerBoundary}`}
    </>
  );
}

function ThroughputCaption({ overview }: { readonly overview: Overview }) {
  const { url } = usePage();
  const { engines, models } = overview;
  return `${engines} ${engines === 1 ? 'engine' : 'engines'}, ${models} ${models === 1 ? 'model' : 'models'}, ${BASIS_WORDS[url.basis].name} tokens`;
}

/** How much of the spend it is, and how much of it need not be. */
function IdleCaption({ overview }: Pick<CaptionProps, 'overview'>) {
  const { queries } = useBackend();
  const { zone } = usePage();
  const { window, scope } = useAsked();
  const { data } = useQuery({
    ...queries.idleCapacity({ window, scope }, zone),
    staleTime: RECOVERABLE_STALE_MS,
    // While a past is being read, it has days to go through for every answer, and the first figures come first.
    enabled: overview.heard.readingHistory === null,
  });
  const share = (
    <Explained name="idle-share" overview={overview} text={formatWithUnit(overview.now.idleShare.value, 'ratio')} />
  );
  if (data === undefined || data.recoverable.perMonth.value === null) return <>{share} of spend</>;
  const { perMonth, window: known } = data.recoverable;
  return (
    <>
      {share} of spend;{' '}
      <FigureText title="Could be given back, a month" figure={perMonth} window={known} options={WHOLE_USD} /> a month
      could be given back
    </>
  );
}

const WHOLE_USD = { currency: 'before', decimals: 0 } as const;

/** What could be given back is told from days: it need not be asked for again with every poll. */
const RECOVERABLE_STALE_MS = 300_000;

/** Fewer values than this draw no line worth looking at. */
const VALUES_LEAST = 4;

function hasShape(values: readonly (number | null)[]): boolean {
  return values.filter((value) => value !== null).length >= VALUES_LEAST;
}

function inverse(value: number | null): number | null {
  return value === null || value === 0 ? null : 1 / value;
}
