import { PRECISIONS, type DeploymentNotes, type ToldProperty } from '#shared/contract/compare-schema.ts';
import { holdsWords } from '#shared/cost/matching-price.ts';
import type { EngineSpan } from '#shared/model/inference-engine.ts';
import type { OwnDeployment } from './own-deployments.ts';

/*
 * What a comparison needs and no counter tells: precision and speculative decoding. The operator's word comes first, then
 * what engines tell of their launch, then the name that the model is served under. What nobody tells is not known.
 */

const UNKNOWN_PROPERTY: ToldProperty = { value: null, by: null };

type Asked = Pick<OwnDeployment, 'model' | 'spans' | 'draftTokens'>;

export function precisionOf(deployment: Asked, notes: DeploymentNotes): ToldProperty {
  const word = noteOf(deployment, notes)?.precision ?? null;
  if (word !== null) return { value: word, by: 'operator' };
  const told = settingsOf(deployment.spans, PRECISION_SETTINGS).map(precisionIn);
  const first = told[0] ?? null;
  if (first !== null && told.every((one) => one === first)) return { value: first, by: 'engine' };
  const named = told.length === 0 ? precisionIn(deployment.model) : null;
  return named === null ? UNKNOWN_PROPERTY : { value: named, by: 'name' };
}

/** Speculative decoding: its method; `in use` where tokens were drafted and nobody tells how. */
export function speculationOf(deployment: Asked, notes: DeploymentNotes): ToldProperty {
  const word = noteOf(deployment, notes)?.speculation ?? null;
  if (word !== null) return { value: word, by: 'operator' };
  const told = settingsOf(deployment.spans, SPECULATION_SETTINGS).map(methodIn);
  const first = told[0] ?? null;
  if (first !== null && told.every((one) => one === first)) return { value: first, by: 'engine' };
  if (deployment.draftTokens === null) return UNKNOWN_PROPERTY;
  return { value: deployment.draftTokens > 0 ? 'in use' : 'none', by: 'counters' };
}

function noteOf({ model }: Asked, notes: DeploymentNotes): DeploymentNotes['deployments'][number] | undefined {
  return notes.deployments.find((note) => note.model === model);
}

/** Names of launch settings, as engines tell them. */
const PRECISION_SETTINGS: readonly string[] = ['precision', 'quantization'];
const SPECULATION_SETTINGS: readonly string[] = ['speculative', 'speculation', 'speculative_method'];

/** What spans tell under any of these names. Settings are JSON of one level. */
function settingsOf(spans: readonly EngineSpan[], names: readonly string[]): string[] {
  return spans.flatMap(({ settings }) => {
    const told = settings === null ? {} : (JSON.parse(settings) as Readonly<Record<string, unknown>>);
    const found = names.map((name) => told[name]).find((value) => value !== undefined && value !== null);
    if (found === undefined) return [];
    return [typeof found === 'string' ? found : JSON.stringify(found)];
  });
}

/** Words that name a precision, as whole words of a setting or a served name. */
const PRECISION_WORDS: Readonly<Record<(typeof PRECISIONS)[number], readonly string[]>> = {
  fp4: ['fp4', 'nvfp4', 'mxfp4', 'modelopt fp4'],
  int4: ['int4', 'w4a16', 'awq', 'gptq', 'gptq marlin', 'awq marlin', '4bit'],
  fp8: ['fp8', 'modelopt', 'w8a8 fp8', 'fp8 dynamic', 'block fp8', 'mxfp8'],
  int8: ['int8', 'w8a8', 'w8a16', 'w8a8 int8', '8bit'],
  bf16: ['bf16', 'bfloat16'],
  fp16: ['fp16', 'float16', 'half'],
};

/** The precision that a text names; null where it names none, or several. The longest word that fits decides. */
function precisionIn(text: string): string | null {
  const fits = PRECISIONS.flatMap((precision) =>
    PRECISION_WORDS[precision].filter((word) => holdsWords(text, word)).map((word) => ({ precision, word })),
  );
  const longest = Math.max(0, ...fits.map(({ word }) => word.length));
  const found = new Set(fits.filter(({ word }) => word.length === longest).map(({ precision }) => precision));
  const [only] = found;
  return found.size === 1 && only !== undefined ? only : null;
}

/** A method of speculative decoding in the catalogue's words. */
function methodIn(text: string): string {
  const lower = text.toLowerCase();
  if (['', 'none', 'false', 'null', 'off', '0'].includes(lower)) return 'none';
  if (lower.includes('mtp') || lower.includes('nextn')) return 'mtp';
  if (lower.includes('eagle')) return 'eagle';
  if (lower.includes('ngram')) return 'ngram';
  return lower.includes('draft') ? 'draft-model' : 'in use';
}
