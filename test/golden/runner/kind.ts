import { z } from 'zod';
import { fail, succeed, type Result } from '#shared/lib/result.ts';
import type { Figures } from './compare-figures.ts';

/** A kind of worked case: the inputs it takes, and how the cost core works them out. */
export type Kind = {
  readonly name: string;
  readonly schema: z.ZodType;
  readonly compute: (input: unknown) => Result<Figures, string>;
};

/** A kind from the schema of its inputs and what makes figures of them. Figures have the names of the file of cases. */
export function kindOf<Schema extends z.ZodType>(
  name: string,
  schema: Schema,
  figuresOf: (input: z.output<Schema>) => Figures,
): Kind {
  return {
    name,
    schema,
    compute: (input) => {
      const read = schema.safeParse(input);
      return read.success ? succeed(figuresOf(read.data)) : fail(`as ${name}: ${z.prettifyError(read.error)}`);
    },
  };
}

/** An amount that cannot be below zero. */
export const AMOUNT = z.number().nonnegative();

/** A divisor. */
export const POSITIVE = z.number().positive();

/** Weights of the token classes; the ones the economics reference takes unless it is told others. */
export const WEIGHTS = z
  .object({ input: AMOUNT, cached: AMOUNT, output: AMOUNT })
  .default({ input: 1, cached: 0.1, output: 5 });
