import type { EpochMs } from '#shared/time/instant.ts';
import type { FigureName } from './figure-name.ts';
import type { TokenBasis } from './token-basis.ts';

/** What may be watched, how an operator says it, and what comes of it: rules, alerts and the notices that tell of them. */

/** What a rule or a budget is about; nothing set is the whole fleet. Null asks for what has none. */
export type WatchScope = {
  readonly [Dimension in WatchDimension]?: string | null | undefined;
};

type WatchDimension = 'site' | 'pool' | 'rack' | 'node' | 'gpu' | 'model' | 'deployment' | 'engine' | 'tenant';

/** Beside the list in the app, which always has it. */
export const DELIVERIES = ['desktop', 'webhook'] as const;

export type Delivery = (typeof DELIVERIES)[number];

/** How an alert reaches people. An urgent one passes quiet hours where they let it. */
export type Manner = { readonly isUrgent: boolean; readonly deliverTo: readonly Delivery[] };

/**
 * When a figure is of interest. `limit` is in the figure's own unit. `unusual` compares with the same hour of earlier weeks:
 * at least `effectLeast` of the usual value away, as a share, in a direction.
 */
export type RuleTest =
  | { readonly kind: 'limit'; readonly comparison: 'above' | 'below'; readonly limit: number }
  | { readonly kind: 'unusual'; readonly direction: 'above' | 'below' | 'either'; readonly effectLeast: number };

/**
 * A figure that is watched: over the last `windowMinutes`, for at least `forMinutes` before it is an alert, and for
 * `clearMinutes` fine before it is over.
 */
export type AlertRule = Manner & {
  readonly id: string;
  readonly isOn: boolean;
  readonly figure: FigureName;
  readonly scope: WatchScope;
  readonly basis: TokenBasis;
  readonly test: RuleTest;
  readonly windowMinutes: number;
  readonly forMinutes: number;
  readonly clearMinutes: number;
};

/** A stretch of the week, in minutes of the local day. One that ends before it begins runs over midnight. */
export type QuietSpan = {
  /** Days on which it begins; 0 is Monday. */
  readonly days: readonly number[];
  readonly fromMinute: number;
  readonly toMinute: number;
};

export type QuietHours = {
  readonly isOn: boolean;
  readonly zone: string;
  readonly spans: readonly QuietSpan[];
  readonly urgentPasses: boolean;
};

/** Sources that fall silent are watched without a rule. */
export type SilenceWatch = Manner & { readonly isOn: boolean; readonly forMinutes: number };

/** Everything an operator says of alerts, save the address and the key of the webhook, which are secrets. */
export type AlertSettings = {
  readonly rules: readonly AlertRule[];
  readonly silence: SilenceWatch;
  readonly quietHours: QuietHours;
  /** An alert that stays open is told again this often; null never. */
  readonly reminderHours: number | null;
  readonly webhookIsOn: boolean;
};

/** What is wrong, as it was when it was last looked at. */
export type AlertSubject =
  | {
      readonly kind: 'figure';
      readonly figure: FigureName;
      readonly scope: WatchScope;
      readonly basis: TokenBasis;
      readonly windowMinutes: number;
      readonly test: RuleTest;
      /** The newest value that was known, in the figure's unit; `usual` is the norm that an unusual one is compared with. */
      readonly value: number | null;
      readonly usual: number | null;
    }
  | {
      readonly kind: 'silent-source';
      readonly source: string;
      readonly silent: number;
      readonly targets: number;
      /** Why, as the source says it. */
      readonly reason: string;
    }
  | {
      readonly kind: 'budget';
      readonly budget: string;
      readonly name: string;
      readonly scope: WatchScope;
      readonly state: 'spent' | 'forecast';
      readonly usdPerMonth: number;
      /** Spent so far, or the forecast of the month's end, USD. */
      readonly usd: number;
    };

/** Something that has the same cause as the alert it stands beneath. */
export type Beneath = { readonly key: string; readonly since: EpochMs; readonly subject: AlertSubject };

export type Acknowledgement = { readonly at: EpochMs; readonly until: EpochMs; readonly note: string };

/** One cause, with everything that it explains beneath it. */
export type Alert = Manner & {
  readonly id: string;
  /** What is watched: the same for each alert of one rule. */
  readonly key: string;
  /** Since when it has been so, and when it became an alert. */
  readonly since: EpochMs;
  readonly openedAt: EpochMs;
  /** When it was over; null while it is open. */
  readonly endedAt: EpochMs | null;
  /** Why it ended where that is not that it is fine again: it was found to have another cause, or is watched no more. */
  readonly ending: 'fine' | 'explained' | 'not-watched' | null;
  readonly subject: AlertSubject;
  readonly beneath: readonly Beneath[];
  /** When people were last told; null while quiet hours hold it back. */
  readonly toldAt: EpochMs | null;
  readonly acknowledgement: Acknowledgement | null;
};

/** One message: an alert that opened, is still open, or is over. */
export type Notice = {
  readonly id: string;
  readonly kind: 'opened' | 'reminder' | 'resolved';
  readonly at: EpochMs;
  readonly title: string;
  readonly body: string;
  readonly alert: Alert;
};
