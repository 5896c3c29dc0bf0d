import { describe, expect, it } from 'vitest';
import { choiceOf, engineRow, gpusFromText, summaryOf, withAuthority } from '#renderer/pages/engines/engine-rows.ts';
import type { DeploymentReport, EngineReport } from '#shared/model/deployment.ts';
import { NO_TOPOLOGY } from '#shared/model/topology.ts';
import { epochMs } from '#shared/time/instant.ts';

const gpu = (index: number, share = 1) => ({ gpu: `GPU-${index}`, index: String(index), node: 'n1', share });

function engine(patch: Partial<EngineReport> = {}): EngineReport {
  return {
    engine: 'pod-1/llama',
    kind: 'vllm',
    model: 'llama',
    role: null,
    roleFrom: null,
    version: '0.11.0',
    versionEvidence: 'http',
    pod: 'pod-1',
    node: 'n1',
    counts: 'all',
    because: 'It counts its own tokens.',
    placement: { rule: 'pod', gpus: [gpu(0), gpu(1)] },
    unplaced: null,
    gpuCount: null,
    sleeping: null,
    alsoSeenAs: [],
    lastHeard: epochMs(0),
    notice: null,
    ...patch,
  };
}

function deployment(patch: Partial<DeploymentReport> = {}): DeploymentReport {
  const why = 'The engines count.';
  return {
    model: 'llama',
    count: 'engines',
    isOverridden: false,
    why,
    hasFrontend: false,
    engines: [engine()],
    ...patch,
  };
}

describe('an engine as a row', () => {
  it('says its software, how the version is known, and its GPUs', () => {
    expect(engineRow(engine())).toMatchObject({
      name: 'pod-1',
      software: 'vLLM',
      version: '0.11.0',
      versionFrom: 'told by the engine',
      role: '–',
      gpus: '2 GPUs',
      gpusFrom: "by its pod's label",
      counts: 'input and output',
      isCounted: true,
      notice: null,
    });
  });

  it.each<[string, Partial<EngineReport>, Partial<ReturnType<typeof engineRow>>]>([
    [
      'a share of its GPUs',
      { placement: { rule: 'node', gpus: [gpu(0, 0.5), gpu(1, 0.5)] } },
      { gpus: '2 GPUs, 50.0 % of each' },
    ],
    ['one GPU', { placement: { rule: 'operator', gpus: [gpu(0)] } }, { gpus: '1 GPU', gpusFrom: 'mapped by you' }],
    [
      'no GPU, and why',
      { placement: null, unplaced: 'Nobody tells.' },
      { gpus: 'unplaced', gpusFrom: 'Nobody tells.', isUnplaced: true },
    ],
    [
      'a frontend, which needs none',
      { kind: 'dynamo', placement: null, counts: 'nothing' },
      { gpus: 'none of its own', isCounted: false },
    ],
    [
      'a version that nobody tells',
      { version: null, versionEvidence: null },
      { version: '–', versionFrom: 'nobody tells' },
    ],
    [
      'a role by its counters',
      { role: 'decode', roleFrom: 'counters' },
      { role: 'decode', roleFrom: 'by its counters' },
    ],
    ['its sleep', { sleeping: 1, notice: 'Newer.' }, { notice: 'Newer. It sleeps: its weights are off the GPU.' }],
    [
      'its other name',
      { alsoSeenAs: ['10.0.0.1:8000/llama'] },
      { also: 'also seen as 10.0.0.1:8000/llama: counted once' },
    ],
  ])('says of %s', (_, patch, words) => {
    expect(engineRow(engine(patch))).toMatchObject(words);
  });
});

describe('the page', () => {
  const answer = (...deployments: DeploymentReport[]) => ({ deployments, topology: NO_TOPOLOGY, canSave: true });

  it('begins with what there is and what is missing', () => {
    expect(summaryOf(answer(deployment()))).toBe('1 engine serves 1 model; none is unplaced.');
    const engines = [
      engine(),
      engine({ kind: 'dynamo', counts: 'nothing', placement: null }),
      engine({ unplaced: 'x', placement: null }),
    ];
    expect(summaryOf(answer(deployment({ engines })))).toBe(
      '3 engines serve 1 model; 1 of them is left out, because others count the same tokens; 1 engine holds no GPU.',
    );
  });

  it('changes the choice of one model and of no other, whatever its name begins with', () => {
    const before = {
      ...NO_TOPOLOGY,
      authority: [
        { model: 'Lab/Llama', count: 'frontend' },
        { model: 'qwen', count: 'engines' },
      ] as const,
    };
    expect(withAuthority(before, 'llama', 'engines').authority).toEqual([
      { model: 'qwen', count: 'engines' },
      { model: 'llama', count: 'engines' },
    ]);
    expect(withAuthority(before, 'llama', 'auto').authority).toEqual([{ model: 'qwen', count: 'engines' }]);
    expect([choiceOf(deployment()), choiceOf(deployment({ isOverridden: true, count: 'frontend' }))]).toEqual([
      'auto',
      'frontend',
    ]);
  });

  it.each([
    ['all', 'all'],
    [' ALL ', 'all'],
    ['0, 1 2', ['0', '1', '2']],
    ['GPU-a', ['GPU-a']],
    [' , ', null],
  ])('reads the GPUs %j as %j', (text, gpus) => {
    expect(gpusFromText(text)).toEqual(gpus);
  });
});
