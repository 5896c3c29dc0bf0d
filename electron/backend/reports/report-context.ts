import type { AnswerContext } from '#backend/answers/answer-context.ts';

/** What a report may use: the answers' own context, and what the fleet says of itself. */
export type ReportContext = {
  readonly answers: AnswerContext;
  readonly fleetName: string;
  readonly isSample: boolean;
  /** Of the program, such as `0.1.0`. */
  readonly version: string;
};
