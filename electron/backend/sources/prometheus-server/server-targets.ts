import type { Scrape } from '#shared/model/sample.ts';
import type { TargetHealth } from '#shared/model/source-health.ts';
import { plusSeconds, type EpochMs } from '#shared/time/instant.ts';
import { createTargetStatus, signalOf, type TargetStatus } from '../target-status.ts';

/** A target that a server has told nothing of for so long is gone: pods come and go. */
const FORGOTTEN_SECONDS = 900;

type Known = { readonly status: TargetStatus; heardAt: EpochMs; intervalSeconds: number };

/** The targets behind a server, as its answers show them. */
export type ServerTargets = {
  /** Scrapes in order of time, by a clock that is so far ahead of ours. */
  readonly heard: (scrapes: readonly Scrape[], aheadSeconds: number) => void;
  readonly health: (now: EpochMs) => {
    readonly list: readonly TargetHealth[];
    /** Of the slowest target; null before the first answer. */
    readonly intervalSeconds: number | null;
  };
};

export function createServerTargets(address: string, pollSeconds: number): ServerTargets {
  const targets = new Map<string, Known>();

  function forgetGone(now: EpochMs): void {
    for (const [name, { heardAt, intervalSeconds }] of targets) {
      if (now - heardAt > (FORGOTTEN_SECONDS + intervalSeconds) * 1000) targets.delete(name);
    }
  }

  return {
    heard: (scrapes, aheadSeconds) => {
      for (const scrape of scrapes) {
        const at = plusSeconds(scrape.at, -aheadSeconds);
        const intervalSeconds = scrape.intervalSeconds ?? pollSeconds;
        const known = targets.get(scrape.target) ?? {
          status: createTargetStatus(scrape.target, address),
          heardAt: at,
          intervalSeconds,
        };
        targets.set(scrape.target, known);
        known.heardAt = at;
        known.intervalSeconds = intervalSeconds;
        const things = scrape.gpus.length + scrape.engines.length + scrape.meters.length;
        known.status.heard(at, things, signalOf(scrape), scrape.problems);
      }
    },
    health: (now) => {
      forgetGone(now);
      const all = [...targets.values()];
      return {
        // The newest sample is as old as the server's own interval and our pace: that is fresh.
        list: all.map(({ status, intervalSeconds }) =>
          status.health(now, Math.max(pollSeconds, intervalSeconds) + pollSeconds),
        ),
        intervalSeconds: all.length === 0 ? null : Math.max(...all.map((one) => one.intervalSeconds)),
      };
    },
  };
}
