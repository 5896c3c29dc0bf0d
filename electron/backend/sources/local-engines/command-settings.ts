import { settingsText } from '#shared/model/engine-settings.ts';

/**
 * Flags of launch commands by the setting they are. No other flag is read: a command may hold keys and tokens. Sources: the
 * command lines of vLLM 0.32, SGLang 0.5, TensorRT-LLM 1.3, TGI 3.3 and llama.cpp b11434.
 */
const FLAGS: Readonly<Record<string, string>> = {
  'tensor-parallel-size': 'tensor_parallel',
  'tp-size': 'tensor_parallel',
  tp: 'tensor_parallel',
  tp_size: 'tensor_parallel',
  'num-shard': 'tensor_parallel',
  'pipeline-parallel-size': 'pipeline_parallel',
  'pp-size': 'pipeline_parallel',
  pp_size: 'pipeline_parallel',
  'data-parallel-size': 'data_parallel',
  'dp-size': 'data_parallel',
  'ep-size': 'expert_parallel',
  ep_size: 'expert_parallel',
  'enable-expert-parallel': 'expert_parallel',
  dtype: 'dtype',
  quantization: 'quantization',
  quantize: 'quantization',
  'kv-cache-dtype': 'kv_cache_dtype',
  kv_cache_dtype: 'kv_cache_dtype',
  'cache-type-k': 'kv_cache_dtype',
  'speculative-algorithm': 'speculative_method',
  'speculative-num-draft-tokens': 'speculative_tokens',
  'max-num-seqs': 'max_num_seqs',
  'max-num-batched-tokens': 'max_num_batched_tokens',
  'max-model-len': 'max_model_len',
  'max-running-requests': 'max_running_requests',
  'chunked-prefill-size': 'chunked_prefill_size',
  'enable-chunked-prefill': 'enable_chunked_prefill',
  'enforce-eager': 'enforce_eager',
  'attention-backend': 'attention_backend',
  max_batch_size: 'max_batch_size',
  max_num_tokens: 'max_num_tokens',
  'n-gpu-layers': 'gpu_layers',
  ngl: 'gpu_layers',
  'ctx-size': 'context_length',
  parallel: 'parallel_slots',
  'batch-size': 'batch_size',
  'ubatch-size': 'ubatch_size',
};

const VALUE_LENGTH_MAX = 64;

/** The settings that a launch command gives, as `settingsText` writes them. A flag without a value is on. */
export function settingsOfCommand(words: readonly string[]): string | null {
  const told = words.flatMap((word, index) => {
    const [, flag = '', given] = /^--?([A-Za-z][\w-]*)(?:=(.*))?$/s.exec(word) ?? [];
    const name = Object.hasOwn(FLAGS, flag) ? FLAGS[flag] : undefined;
    if (name === undefined) return [];
    const next = words[index + 1];
    const value = given ?? (next === undefined || next.startsWith('-') ? 'true' : next);
    return value.length <= VALUE_LENGTH_MAX ? [[name, value] as const] : [];
  });
  return settingsText(Object.fromEntries(told));
}
