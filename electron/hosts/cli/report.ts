import type { Capabilities } from '#shared/contract/backend-api.ts';
import type { TimeRange } from '#shared/time/time-range.ts';
import { formatInstant } from '#shared/units/format-time.ts';
import { plainText } from './plain-text.ts';

/** The outcome of a question: for people, for programs, and what to know before trusting it. */
export type Report = {
  readonly text: string;
  readonly json: unknown;
  /** Sentences on the quality of the data; any of them makes the exit code 3. */
  readonly warnings: readonly string[];
};

/** Names the fleet and the window; a sample says so. */
export function headline({ fleetName, isSample }: Capabilities, { from, to }: TimeRange): string {
  const window = `${formatInstant(from, 'UTC', 'input')} to ${formatInstant(to, 'UTC', 'input')} UTC`;
  return `${plainText(fleetName)}${isSample ? ' (invented data)' : ''}, ${window}`;
}
