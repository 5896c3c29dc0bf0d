import type { MonthState } from '#shared/model/report.ts';
import type { FocusVersion } from './focus-columns.ts';

/** What an export says of who charges whom. */
export type FocusSettings = {
  /** Name of the internal service: provider, publisher and issuer alike. */
  readonly serviceName: string;
  /** Who runs the machines; null: the internal service. */
  readonly hostName: string | null;
  /** `internal`: what is charged is billed. `allocation`: nothing is billed, for merging with the data of who does. */
  readonly billedCost: 'internal' | 'allocation';
  /** Whether pools are shown as capacity reservations, used and unused. */
  readonly hasCapacityReservations: boolean;
  /** Letters beyond ASCII are percent-encoded: some readers refuse them, though FOCUS does not. */
  readonly hasAsciiNames: boolean;
  /** Tags that the operator gives to all rows; their names do not begin with `tokenwatt/`. */
  readonly tags: Readonly<Record<string, string>>;
};

export const FOCUS_SETTINGS: FocusSettings = {
  serviceName: 'GPU Inference',
  hostName: null,
  billedCost: 'internal',
  hasCapacityReservations: true,
  hasAsciiNames: false,
  tags: {},
};

/** Tags with this beginning are Tokenwatt's own. */
export const OWN_TAG_PREFIX = 'tokenwatt/';

/** What all rows of an export have in common. */
export type FocusContext = {
  readonly version: FocusVersion;
  readonly settings: FocusSettings;
  /** The fleet: its id stays the same when its name changes. */
  readonly account: { readonly id: string; readonly name: string };
  readonly zone: string;
  readonly state: MonthState;
  readonly snapshotId: string | null;
};
