import { fail, succeed, type Result } from '#shared/lib/result.ts';
import { epochMs, plusSeconds, type EpochMs } from '#shared/time/instant.ts';
import type { TimeRange } from '#shared/time/time-range.ts';
import type { WrongUse } from './option-values.ts';

const SECONDS_OF: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400 };

/** Without a zone, a time would mean something else on every machine. */
const ISO = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2}))?$/;

/** A window from two typed ends. A bare date is its first instant in UTC. */
export function readWindow(ends: { from: string; to: string }, now: EpochMs): Result<TimeRange, WrongUse> {
  const from = readInstant(ends.from, now);
  if (from === null) return fail({ message: `--from ${ends.from}: ${EXPECTED}` });
  const to = readInstant(ends.to, now);
  if (to === null) return fail({ message: `--to ${ends.to}: ${EXPECTED}` });
  return to > from ? succeed({ from, to }) : fail({ message: 'the window must end after it begins' });
}

const EXPECTED = 'write an ISO 8601 time with its zone, such as 2026-11-23T14:00Z, or now, now-30m, now-24h, now-7d';

function readInstant(text: string, now: EpochMs): EpochMs | null {
  if (text === 'now') return now;
  const relative = /^now-(\d{1,6})([smhd])$/.exec(text);
  if (relative !== null) return plusSeconds(now, -Number(relative[1]) * (SECONDS_OF[relative[2] ?? ''] ?? 0));
  const parsed = ISO.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(parsed) ? null : epochMs(parsed);
}
