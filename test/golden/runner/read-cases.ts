import { z } from 'zod';
import { fail, succeed, type Result } from '#shared/lib/result.ts';

const CASE = z.object({
  id: z.string().default('case'),
  /** Names the kind where the id does not. */
  kind: z.string().optional(),
  input: z.record(z.string(), z.unknown()),
  expected: z.record(z.string(), z.unknown()),
});

export type GoldenCase = z.infer<typeof CASE>;

/** Cases of a file's text: an object with a list `cases`, a bare list, or one case. */
export function readCases(text: string): Result<readonly GoldenCase[], string> {
  const json = jsonOf(text);
  if (!json.ok) return json;
  const cases = z.array(CASE).safeParse(listIn(json.value));
  if (!cases.success) return fail(`no list of cases, nor a case: ${z.prettifyError(cases.error)}`);
  return cases.data.length === 0 ? fail('it holds no cases') : succeed(cases.data);
}

function jsonOf(text: string): Result<unknown, string> {
  try {
    return succeed(JSON.parse(text));
  } catch (error) {
    return fail(error instanceof Error ? error.message : String(error));
  }
}

function listIn(value: unknown): unknown {
  if (Array.isArray(value)) return value;
  const holder = z.object({ cases: z.array(z.unknown()) }).safeParse(value);
  return holder.success ? holder.data.cases : [value];
}
