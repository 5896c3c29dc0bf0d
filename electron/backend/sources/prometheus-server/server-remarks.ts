import type { ScrapeStreams } from './scrape-streams.ts';
import type { ServerAnswer } from './server-api.ts';

/** A clock that is off by more is said, s; by less, it changes no figure that anyone reads. */
const CLOCK_SECONDS_SAID = 10;

/** What has to be known beside the figures of a server, as its answers tell it. */
export type ServerRemarks = {
  readonly heard: (answer: Omit<ServerAnswer, 'series'>) => void;
  readonly all: (about: {
    readonly replicas: ReturnType<ScrapeStreams['replicas']>;
    /** Seconds between scrapes of the slowest target. */
    readonly intervalSeconds: number | null;
    readonly pollSeconds: number;
  }) => readonly string[];
};

export function createServerRemarks(): ServerRemarks {
  let last: Omit<ServerAnswer, 'series'> | null = null;
  return {
    heard: (answer) => {
      last = answer;
    },
    all: ({ replicas, intervalSeconds, pollSeconds }) => {
      const partial = last?.warnings[0];
      const info = last?.infos[0];
      const ahead = last?.clockAheadSeconds ?? 0;
      return [
        ...(partial === undefined ? [] : [`Partial: the server warns that data may be missing: ${partial}.`]),
        ...(info === undefined ? [] : [`The server remarks: ${info}.`]),
        ...(Math.abs(ahead) < CLOCK_SECONDS_SAID ? [] : [clockRemark(ahead)]),
        ...(replicas === null
          ? []
          : [
              `Several scrapers wrote the same targets: ${replicas.read} is read, ${replicas.leftOut.join(', ')} is left out.`,
            ]),
        ...((last?.histograms ?? 0) === 0 ? [] : [histogramRemark(last?.histograms ?? 0)]),
        ...(intervalSeconds === null || intervalSeconds <= pollSeconds
          ? []
          : [
              `The server scrapes every ${Math.round(intervalSeconds)} s: figures come no closer, though polls are ${pollSeconds} s apart.`,
            ]),
      ];
    },
  };
}

function clockRemark(ahead: number): string {
  const side = ahead > 0 ? 'ahead of' : 'behind';
  return `The server's clock is ${Math.abs(ahead)} s ${side} this machine's: what it tells is placed by its own time.`;
}

function histogramRemark(count: number): string {
  return `${count} series are native histograms, which are left out: let the server keep classic ones beside them.`;
}
