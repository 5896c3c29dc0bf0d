import type { AnswerContext } from '#backend/answers/answer-context.ts';
import type { ChangeAssessor } from '#backend/answers/updates/assessed-changes.ts';

/** What a report may use: the answers' own context, and what the fleet says of itself. */
export type ReportContext = {
  readonly answers: AnswerContext;
  readonly assess: ChangeAssessor;
  readonly fleetName: string;
  readonly isSample: boolean;
  /** Of the program, such as `0.1.0`. */
  readonly version: string;
};

/** A report over a large fleet takes seconds: how far it is, and whether it is still wanted. */
export type BuildWatch = {
  readonly signal: AbortSignal | null;
  /** `done` of `of` parts are there; `part` is the next, in words. */
  readonly onProgress: ((progress: ReportProgress) => void) | null;
};

export type ReportProgress = { readonly done: number; readonly of: number; readonly part: string };
