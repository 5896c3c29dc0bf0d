import type { EngineKind } from '#shared/model/inference-engine.ts';
import { DYNAMO_FRONTEND } from './dynamo-frontend.ts';
import type { EngineTable } from './engine-table.ts';
import { LLAMA_CPP } from './llama-cpp.ts';
import { LMDEPLOY } from './lmdeploy.ts';
import { NIM } from './nim.ts';
import { SGLANG } from './sglang.ts';
import { TENSORRT_LLM, TENSORRT_LLM_WITHOUT_TOKENS } from './tensorrt-llm.ts';
import { TGI } from './tgi.ts';
import { TRITON_TRTLLM } from './triton-trtllm.ts';
import { TRITON_VLLM } from './triton-vllm.ts';
import { VLLM } from './vllm.ts';

/**
 * Every engine Tokenwatt can read, in the order in which they are looked for at one address: a new engine is one table
 * file and one entry here. A metric belongs to the first that finds it, so Triton, which needs more than vLLM's names,
 * comes before vLLM. Those that are read only alone come last: imitated names, names without a prefix, and a frontend
 * whose engine runs in the same process.
 */
export const ENGINE_TABLES: readonly EngineTable[] = [
  TRITON_VLLM,
  TRITON_TRTLLM,
  VLLM,
  SGLANG,
  TENSORRT_LLM,
  LMDEPLOY,
  LLAMA_CPP,
  TGI,
  NIM,
  DYNAMO_FRONTEND,
  TENSORRT_LLM_WITHOUT_TOKENS,
];

/** The table that tells about the versions of a kind of engine. */
export function tableOf(kind: EngineKind): EngineTable | undefined {
  return ENGINE_TABLES.find((table) => table.kind === kind);
}
