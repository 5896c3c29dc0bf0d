import { openAlerts, type Alerts, type AlertsOptions } from './alerts/alerts.ts';
import { createAnswerContext } from './create-api.ts';
import type { Fleet } from './open-fleet.ts';

type WatchOptions = Pick<AlertsOptions, 'secrets' | 'events' | 'notify' | 'log'> & { readonly polls: boolean };

/** The watch over one fleet. A snapshot is not watched: its alerts are read as they were. */
export function watchFleet(fleet: Fleet, { polls, ...options }: WatchOptions): Promise<Alerts> {
  return openAlerts({
    ...options,
    context: createAnswerContext({ fleet: () => fleet }),
    health: fleet.sourceHealth,
    fleetName: () => ({ fleet: fleet.config().fleetName, isSample: fleet.isSample }),
    clock: fleet.clock,
    watches: polls && fleet.snapshot === null,
  });
}
