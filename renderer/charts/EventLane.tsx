import type { FleetEvent, FleetEventKind } from '#shared/model/fact.ts';
import type { TimeRange } from '#shared/time/time-range.ts';
import { formatInstant, type ZoneName } from '#shared/units/format-time.ts';
import styles from './CostChart.module.css';
import { clustersOf, shareOf } from './plot-frame.ts';

type EventLaneProps = {
  readonly events: readonly FleetEvent[];
  readonly range: TimeRange;
  readonly zone: ZoneName;
  readonly plotWidth: number;
};

const MARK_LEAST_PX = 18;
const WORD_PX = 6;

/** Events above the plot, a shape by kind, with words as far as there is room to the next one. */
export function EventLane({ events, range, zone, plotWidth }: EventLaneProps) {
  const clusters = clustersOf(events, range, MARK_LEAST_PX / plotWidth);
  const places = clusters.map((cluster) => (cluster[0] === undefined ? 0 : shareOf(cluster[0].at, range) * plotWidth));
  return clusters.map((cluster, index) => {
    const first = cluster[0];
    const left = places[index] ?? 0;
    if (first === undefined) return null;
    const room = (places[index + 1] ?? plotWidth) - left - 24;
    const words = cluster.length > 1 ? `${cluster.length} events` : first.message;
    const all = cluster.map((event) => `${formatInstant(event.at, zone, 'short')} ${event.message}`).join('\n');
    return (
      <div key={`${first.at} ${first.subject} ${first.kind}`} className={styles['event']} style={{ left }} title={all}>
        <EventShape kind={first.kind} />
        {room >= Math.min(10, words.length) * WORD_PX && (
          <span className={styles['eventWords']} style={{ maxWidth: room }}>
            {words}
          </span>
        )}
        <span className={styles['eventLine']} />
      </div>
    );
  });
}

/** Diamond: an update. Square: a price. Octagon: something lost. Circle: the rest. */
export function EventShape({ kind }: { readonly kind: FleetEventKind }) {
  return (
    <svg className={styles['eventShape']} viewBox="0 0 14 14" width="14" height="14" aria-hidden="true">
      {shapeOf(kind)}
    </svg>
  );
}

function shapeOf(kind: FleetEventKind) {
  switch (kind) {
    case 'engine-version-changed':
    case 'engine-settings-changed':
    case 'power-limit-changed':
    case 'driver-version-changed':
      return <path d="M7 1 13 7 7 13 1 7ZM7 9.500V4.500M5.2 6 7 4.3 8.8 6" />;
    case 'price-changed':
      return (
        <path d="M1.5 1.5h11v11h-11ZM9 5C8 4 5.2 4.2 5.2 5.7 5.2 7.4 8.9 6.6 8.9 8.4 8.9 9.9 5.9 9.9 5 8.900M7 3.3v7.4" />
      );
    case 'gpu-lost':
    case 'engine-lost':
      return <path d="M4.5 1h5L13 4.5v5L9.5 13h-5L1 9.5v-5ZM5 5l4 4M9 5 5 9" />;
    case 'engine-restarted':
    case 'gpu-returned':
    case 'node-changed':
    case 'counter-held-out':
    case 'clock-stepped':
      return <path d="M7 1a6 6 0 1 0 0 12A6 6 0 1 0 7 1ZM7 6.3v3.400M7 4.2v.3" />;
    default:
      return null;
  }
}
