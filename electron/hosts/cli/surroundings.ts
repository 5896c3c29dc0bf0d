import type { Clock } from '#backend/clock.ts';

/** What a command may touch of the process it runs in: tests hand in their own. */
export type Surroundings = {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly clock: Clock;
  /** Writes lines to standard output: figures alone. */
  readonly out: (text: string) => void;
  /** Writes lines to standard error: messages. */
  readonly say: (text: string) => void;
  /** Reads a secret from standard input to its end; a terminal shows the prompt and not what is typed. */
  readonly input: (prompt: string) => Promise<string>;
  /** Aborted when the user asks to stop. */
  readonly stop: AbortSignal;
};
