/** What the server accepts, by name. Numbers follow the project's policy for its local API. */
export type ServerLimits = {
  readonly headerBytesMax: number;
  readonly bodyBytesMax: number;
  readonly connectionsMax: number;
  /** Time for a whole request to arrive; a slower sender is cut. */
  readonly requestMs: number;
  /** Requests of scripts per second, and how many may come at once after a pause. */
  readonly requestsPerSecond: number;
  readonly requestsBurst: number;
  readonly callsConcurrentMax: number;
  /** Calls of one browser that may wait for a place; scripts do not wait, they get 429. */
  readonly callsWaitingMax: number;
  /** Bytes that one browser may leave unread before it is cut: it comes back and asks anew. */
  readonly unreadBytesMax: number;
  /** A wrong secret delays its answer by this, doubled for each further one up to the maximum. */
  readonly wrongSecretMs: number;
  readonly wrongSecretMsMax: number;
  /** Life of a link that was asked for; the link of the start holds until its first use. */
  readonly linkMs: number;
  /** A browser that has not answered a ping for this long is taken for gone. */
  readonly pingMs: number;
};

export const SERVER_LIMITS: ServerLimits = {
  headerBytesMax: 16 * 1024,
  bodyBytesMax: 1024 * 1024,
  connectionsMax: 64,
  requestMs: 30_000,
  requestsPerSecond: 10,
  requestsBurst: 20,
  callsConcurrentMax: 8,
  callsWaitingMax: 64,
  unreadBytesMax: 16 * 1024 * 1024,
  wrongSecretMs: 100,
  wrongSecretMsMax: 3200,
  linkMs: 60_000,
  pingMs: 30_000,
};
