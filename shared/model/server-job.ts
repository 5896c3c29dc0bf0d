/** What Tokenwatt reads of a target. */
export type JobSignal = 'gpu' | 'engine' | 'power';

/** The targets of one job, as the server that scrapes them tells. */
export type ServerJob = {
  /** Empty for series without a job. */
  readonly name: string;
  /** Targets that the server scrapes; null where it does not tell, because others write to it. */
  readonly targets: number | null;
  /** Instances whose last scrape by the server failed. */
  readonly down: readonly string[];
  /** What is read of it, in this order: gpu, engine, power; empty where Tokenwatt reads nothing of it. */
  readonly tells: readonly JobSignal[];
};
