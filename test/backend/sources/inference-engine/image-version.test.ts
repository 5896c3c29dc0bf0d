import { describe, expect, test } from 'vitest';

import { isRelease, versionOfImage } from '#backend/sources/inference-engine/image-version.ts';
import type { EngineKind } from '#shared/model/inference-engine.ts';

describe('the version of a container image', () => {
  test.each<[EngineKind, string, string]>([
    ['vllm', 'vllm/vllm-openai:v0.11.0', '0.11.0'],
    ['vllm', 'docker.io/vllm/vllm-openai:v0.11.1rc2-x86_64', '0.11.1rc2'],
    ['vllm', 'registry.corp:5000/mirror/vllm-openai:0.9.2', '0.9.2'],
    ['vllm', 'nvcr.io/nvidia/ai-dynamo/vllm-runtime:0.5.0', 'vllm-runtime:0.5.0'],
    ['dynamo', 'nvcr.io/nvidia/ai-dynamo/vllm-runtime:0.5.0', '0.5.0'],
    ['sglang', 'lmsysorg/sglang:v0.5.9.post1-cu126', '0.5.9.post1'],
    ['tensorrt-llm', 'nvcr.io/nvidia/tensorrt-llm/release:1.3.0rc2', '1.3.0rc2'],
    ['triton', 'nvcr.io/nvidia/tritonserver:25.08-trtllm-python-py3', 'tritonserver:25.08-trtllm-python-py3'],
    ['tgi', 'ghcr.io/huggingface/text-generation-inference:3.3.4', '3.3.4'],
    ['tgi', 'ghcr.io/huggingface/text-generation-inference:sha-8f326c9', 'text-generation-inference:sha-8f326c9'],
    ['llama.cpp', 'ghcr.io/ggml-org/llama.cpp:server-cuda-b6000', 'b6000'],
    ['lmdeploy', 'openmmlab/lmdeploy:v0.9.2-cu12', '0.9.2'],
    ['nim', 'nvcr.io/nim/meta/llama-3.1-8b-instruct:1.8.4', '1.8.4'],
    ['vllm', 'registry.corp/llm/serving:2025-09-01', 'serving:2025-09-01'],
    ['vllm', 'registry.corp:5000/llm/serving', 'serving@aabbccddeeff'],
    ['vllm', 'vllm/vllm-openai:nightly', 'vllm-openai@aabbccddeeff'],
    ['vllm', 'vllm/vllm-openai@sha256:0123456789abcdef0123', 'vllm-openai@0123456789ab'],
  ])('of %s in %s is %s', (kind, image, version) => {
    expect(versionOfImage(kind, image, 'docker-pullable://x@sha256:aabbccddeeff00112233')).toBe(version);
  });

  test('without any digest is its name', () => {
    expect(versionOfImage('vllm', 'serving', '')).toBe('serving:latest');
  });

  test.each([
    ['0.11.0', true],
    ['v0.5.9.post1', true],
    ['0.20.1.dev3+g1a2b', true],
    ['b6000-1a2b3c4', true],
    ['serving:2025-09-01', false],
    ['vllm-openai@aabbccddeeff', false],
    ['≥ 0.11', false],
  ])('%s is a release: %s', (version, isOne) => {
    expect(isRelease(version)).toBe(isOne);
  });
});
