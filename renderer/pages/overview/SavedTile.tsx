import { useQuery } from '@tanstack/react-query';
import { useBackend } from '#renderer/backend/BackendProvider.tsx';
import type { AskedWindow } from '#renderer/backend/queries.ts';
import { FigureText } from '#renderer/components/FigureText.tsx';
import { Tile } from '#renderer/components/Tile.tsx';
import { usePage } from '#renderer/state/page-context.tsx';
import { toPage } from '#renderer/state/url-state.ts';
import type { UpdatesAnswer } from '#shared/contract/savings-schema.ts';
import { epochMs, type EpochMs } from '#shared/time/instant.ts';
import { formatFigure, UNKNOWN } from '#shared/units/format-quantity.ts';
import styles from './Tiles.module.css';

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** A window must not be empty, not even in the first moment of a month. */
const LEAST_MS = 60_000;

const MONTH_TO_DATE: AskedWindow = {
  key: 'month to date',
  at: (asOf) => ({ from: monthOf(asOf), to: epochMs(Math.max(asOf, monthOf(asOf) + LEAST_MS)) }),
};

/** What updates of software saved in this month so far, less what they cost: only what is sure enough to be counted. */
export function SavedTile() {
  const { queries } = useBackend();
  const { url, go } = usePage();
  const { data } = useQuery(queries.updates({ window: MONTH_TO_DATE, scope: url.scope }));
  const counted = data?.ledger.rows.filter((row) => row.value !== null) ?? [];
  const net = data?.ledger.totals.net;
  const month = data === undefined ? '' : `, ${MONTHS[new Date(data.window.to - 1).getUTCMonth()] ?? ''}`;
  return (
    <Tile
      label={`Saved by updates${month}`}
      value={
        data === undefined || net === undefined || counted.length === 0 ? (
          UNKNOWN
        ) : (
          <FigureText
            title="Net value of updates"
            figure={net}
            window={data.window}
            isBare
            options={{ currency: 'before' }}
          />
        )
      }
      unit={
        net === undefined || counted.length === 0 ? '' : formatFigure(net.value, 'USD', { currency: 'before' }).unit
      }
      caption={
        <>
          <button type="button" className={styles['link']} onClick={() => go(toPage('updates'))}>
            {data === undefined ? 'is worked out' : captionOf(data)}
          </button>
          {data !== undefined && counted.length > 0 && (
            <>
              ,{' '}
              <FigureText
                title="Freed GPU-hours"
                figure={data.ledger.totals.freed}
                window={data.window}
                options={{ decimals: 0 }}
              />{' '}
              freed
            </>
          )}
        </>
      }
    />
  );
}

/** `2 savings less 1 regression`; what is not sure is named, and not counted. */
function captionOf({ ledger, changes }: UpdatesAnswer): string {
  const freed = ledger.rows.flatMap((row) => row.freed?.value ?? []);
  const [savings, regressions] = [
    freed.filter((hours) => hours >= 0).length,
    freed.filter((hours) => hours < 0).length,
  ];
  const waiting = changes.filter((one) => one.verdict === 'insufficient days').length;
  if (freed.length === 0) {
    if (waiting > 0) return `${waiting} ${waiting === 1 ? 'update is' : 'updates are'} not sure yet`;
    return changes.length === 0 ? 'no update this month' : 'no update is sure enough to be counted';
  }
  const less = regressions === 0 ? '' : ` less ${regressions} ${regressions === 1 ? 'regression' : 'regressions'}`;
  return `${savings} ${savings === 1 ? 'saving' : 'savings'}${less}`;
}

/** The first instant of the month of an instant, UTC. */
function monthOf(at: EpochMs): EpochMs {
  const date = new Date(at);
  return epochMs(Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), 1));
}
