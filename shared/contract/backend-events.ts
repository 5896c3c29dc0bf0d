import type { EpochMs } from '#shared/time/instant.ts';

/** What the backend says unasked. Events say what changed, not the new data: the view asks again. */
export type BackendEvents = {
  /** Facts up to this instant are stored. `from` is the start of the oldest new fact. */
  readonly 'facts-arrived': { readonly from: EpochMs; readonly until: EpochMs };
  readonly 'source-health-changed': { readonly at: EpochMs };
  readonly 'cost-book-changed': { readonly at: EpochMs };
  /** Another fleet is shown: a snapshot in place of the live one, or the live one again. Everything is to be asked anew. */
  readonly 'fleet-changed': { readonly at: EpochMs };
  /** Alerts were looked at, acknowledged, or rules and budgets were saved. */
  readonly 'alerts-changed': { readonly at: EpochMs };
};

export const EVENT_TOPICS = [
  'facts-arrived',
  'source-health-changed',
  'cost-book-changed',
  'fleet-changed',
  'alerts-changed',
] as const;

export type EventTopic = keyof BackendEvents;
