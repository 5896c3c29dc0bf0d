/** What is known of a five-minute window of one pool and model, before it is compared. */
export type WindowConditions = {
  /** Share of the window that telemetry covers. */
  readonly telemetryShare: number;
  /** Different fingerprints (engine, version, image, arguments, precision, driver, ...) among its replicas. */
  readonly fingerprints: number;
  readonly hasIncident: boolean;
  /** Replicas came or went. */
  readonly isScaling: boolean;
  /** Before the end of the washout (`settledFrom`). */
  readonly isWashout: boolean;
};

export type Unusable = 'telemetry' | 'mixed fingerprints' | 'incident' | 'scaling' | 'washout';

const TELEMETRY_MIN = 0.95;

/** Why a window is left out of a comparison; null when it is used. Source: economics reference, section 5.2, step 1. */
export function unusableBecause(window: WindowConditions): Unusable | null {
  if (window.telemetryShare < TELEMETRY_MIN) return 'telemetry';
  if (window.fingerprints !== 1) return 'mixed fingerprints';
  if (window.hasIncident) return 'incident';
  if (window.isScaling) return 'scaling';
  return window.isWashout ? 'washout' : null;
}
