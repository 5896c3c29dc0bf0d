import type { Store } from '#backend/store/store.ts';
import { keptScenariosSchema, type KeptScenarios } from '#shared/contract/what-if-schema.ts';
import { fail, succeed, type Result } from '#shared/lib/result.ts';
import type { Scenario } from '#shared/model/scenario.ts';

/** The document in which scenarios are kept. */
const DOCUMENT = 'scenarios';

export async function keptScenarios(store: Store): Promise<KeptScenarios> {
  const read = keptScenariosSchema.safeParse(await store.document(DOCUMENT));
  return read.success ? read.data : { scenarios: [] };
}

/** Keeps a scenario in place of one of its name, or takes that one away. On failure: why, in a sentence. */
export async function saveScenario(
  store: Store,
  { name, scenario }: { readonly name: string; readonly scenario: Scenario | null },
): Promise<Result<KeptScenarios, string>> {
  const { scenarios } = await keptScenarios(store);
  const others = scenarios.filter((one) => one.name !== name);
  const kept = scenario === null ? others : [...others, { name, scenario }];
  const checked = keptScenariosSchema.safeParse({ scenarios: kept });
  if (!checked.success) return fail('There are too many kept scenarios: take one away first.');
  const saved = await store.saveDocument(DOCUMENT, checked.data);
  return saved.ok ? succeed(checked.data) : fail(saved.failure.message);
}
