import { describe, expect, test } from 'vitest';

import type { EngineSample, GpuSample } from '#shared/model/sample.ts';
import { NO_TOPOLOGY, type Topology } from '#shared/model/topology.ts';
import { plusSeconds } from '#shared/time/instant.ts';
import { engine, gpu, scrape, START, startFleet } from './readings.ts';

function reportOf(things: { engines: readonly EngineSample[]; gpus?: readonly GpuSample[] }, topology = NO_TOPOLOGY) {
  const fleet = startFleet(topology);
  fleet.take(scrape(0, things));
  return fleet.sampler.report();
}
const held = (pod: string, changes: Partial<GpuSample> = {}) =>
  gpu({ workloads: [{ pod, namespace: null, share: 1 }], ...changes });

describe('the report of what is served', () => {
  test('tells of each model who counts, and of each engine its version, part and GPUs', () => {
    const engines = [
      engine({ engine: 'p/q', pod: 'p', model: 'Q', kind: 'sglang', role: 'prefill', version: '0.5.9' }),
      engine({ engine: 'd/q', pod: 'd', model: 'Q', kind: 'sglang', role: 'decode', version: '9.0.0' }),
      engine({ engine: 'f/q', pod: 'f', model: 'q', kind: 'dynamo', version: null, versionEvidence: null }),
    ];
    const [deployment, ...others] = reportOf({ engines, gpus: [held('p'), held('d', { gpu: 'GPU-1', index: '1' })] });
    expect(others).toEqual([]);
    expect(deployment).toMatchObject({ model: 'Q', count: 'engines', isOverridden: false, hasFrontend: true });
    expect(deployment?.why).toContain('The engines count');
    expect(deployment?.engines).toMatchObject([
      { engine: 'd/q', counts: 'output', roleFrom: 'label', placement: { rule: 'pod', gpus: [{ gpu: 'GPU-1' }] } },
      {
        engine: 'f/q',
        counts: 'nothing',
        because: 'Its engines count the same tokens.',
        placement: null,
        unplaced: null,
      },
      { engine: 'p/q', counts: 'input', placement: { gpus: [{ gpu: 'GPU-0', index: '0', node: 'node-1', share: 1 }] } },
    ]);
    expect(deployment?.engines.map(({ notice }) => notice)).toEqual([
      expect.stringContaining('9.0.0 is newer'),
      null,
      null,
    ]);
    expect(deployment?.engines[1]).toMatchObject({ version: null, lastHeard: START });
  });

  test.each<[string, Partial<EngineSample>, readonly GpuSample[], RegExp, Topology?]>([
    ['nobody tells its machine', { pod: null, node: null }, [gpu()], /which machine/],
    ['no GPU of its machine is seen', { pod: null, node: 'node-9' }, [gpu()], /No GPU of node-9 is seen/],
    ['the GPUs name other pods', { pod: 'x' }, [held('y')], /labelled with its pod x/],
    ['the GPUs name pods and it has none', { pod: null }, [held('y')], /it has none: map it/],
    [
      'it uses fewer GPUs than there are',
      { pod: null, gpuCount: 1 },
      [gpu(), gpu({ gpu: 'GPU-1' })],
      /use 1 of 2 GPUs/,
    ],
    [
      'the mapping names no GPU that is there',
      { pod: null },
      [gpu()],
      /Your mapping names GPUs that nobody sees/,
      { ...NO_TOPOLOGY, placements: [{ engine: '*', node: 'node-1', gpus: ['7'] }] },
    ],
  ])('says why an engine holds no GPU: %s', (_, changes, gpus, reason, topology) => {
    const [deployment] = reportOf({ engines: [engine(changes)], gpus }, topology);
    expect(deployment?.engines[0]).toMatchObject({ placement: null, unplaced: expect.stringMatching(reason) });
  });

  test('shows the operator what was said and what came of it', () => {
    const topology: Topology = {
      ...NO_TOPOLOGY,
      authority: [{ model: 'llama', count: 'frontend' }],
      roles: [{ engine: 'pod-1', role: 'decode' }],
      placements: [{ engine: 'pod-1', node: '*', gpus: ['GPU-1'] }],
    };
    const gpus = [gpu(), gpu({ gpu: 'GPU-1' })];
    const [deployment] = reportOf({ engines: [engine(), engine({ engine: 'f', kind: 'dynamo' })], gpus }, topology);
    expect(deployment).toMatchObject({ count: 'frontend', isOverridden: true });
    expect(deployment?.engines).toMatchObject([
      { engine: 'f', counts: 'all' },
      {
        engine: 'pod-1/llama',
        role: 'decode',
        roleFrom: 'operator',
        counts: 'nothing',
        placement: { rule: 'operator' },
      },
    ]);
  });

  test('goes on telling of an engine that fell silent, and when it was last heard', () => {
    const fleet = startFleet();
    fleet.take(scrape(0, { engines: [engine(), engine({ engine: 'other' })], gpus: [held('pod-1')] }));
    for (let seconds = 10; seconds < 1200; seconds += 10) {
      fleet.take(scrape(seconds, { engines: [engine({ engine: 'other' })], gpus: [held('pod-1')] }));
    }
    const engines = fleet.sampler.report()[0]?.engines;
    expect(engines).toMatchObject([
      { engine: 'other', lastHeard: plusSeconds(START, 1190) },
      { engine: 'pod-1/llama', lastHeard: START, placement: null, unplaced: expect.stringContaining('silent') },
    ]);
  });
});
