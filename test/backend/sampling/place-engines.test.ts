import { describe, expect, test } from 'vitest';

import { createPlacer, type PlaceableEngine } from '#backend/sampling/place-engines.ts';
import { gpu } from './readings.ts';

const engineOf = (name: string, changes: Partial<PlaceableEngine> = {}): PlaceableEngine => ({
  engine: name,
  engineSpan: `${name}@1`,
  pod: null,
  namespace: null,
  node: null,
  ...changes,
});
const held = (pod: string, namespace: string | null = null) => gpu({ workloads: [{ pod, namespace, share: 1 }] });

describe('engines on GPUs', () => {
  test('a GPU that names a pod holds the engine of that pod, alone', () => {
    const place = createPlacer(
      [engineOf('a', { pod: 'p1', node: 'node-1' }), engineOf('b', { pod: 'p2', node: 'node-1' })],
      [held('p1')],
    );
    expect(place(held('p1'))).toEqual({
      placement: { key: 'pod:a@1', rule: 'pod', members: [{ engineSpan: 'a@1', share: 1 }] },
      engines: ['a'],
    });
  });

  test('models of one pod share its GPU equally', () => {
    const place = createPlacer([engineOf('b', { pod: 'p1' }), engineOf('a', { pod: 'p1' })], [held('p1')]);
    expect(place(held('p1'))?.placement.members).toEqual([
      { engineSpan: 'a@1', share: 0.5 },
      { engineSpan: 'b@1', share: 0.5 },
    ]);
  });

  test('G12 pods of one name in two namespaces are not mixed', () => {
    const engines = [
      engineOf('prod', { pod: 'vllm-0', namespace: 'prod' }),
      engineOf('test', { pod: 'vllm-0', namespace: 'test' }),
    ];
    const place = createPlacer(engines, [held('vllm-0', 'prod')]);
    expect(place(held('vllm-0', 'prod'))?.engines).toEqual(['prod']);
    expect(place(held('vllm-0', 'dev'))).toBeNull();
    expect(place(held('vllm-0'))?.engines).toEqual(['prod', 'test']);
  });

  test('pods that share a GPU have their shares of it, and a pod without a known engine keeps its own', () => {
    const engines = [engineOf('a', { pod: 'p1' }), engineOf('b', { pod: 'p2' }), engineOf('c', { pod: 'p2' })];
    const shared = gpu({
      workloads: [
        { pod: 'p1', namespace: null, share: 0.5 },
        { pod: 'p2', namespace: null, share: 0.25 },
        { pod: 'training-job', namespace: null, share: 0.25 },
      ],
    });
    expect(createPlacer(engines, [shared])(shared)).toEqual({
      placement: {
        key: 'pod:unknown+a@1=0.5+b@1=0.125+c@1=0.125',
        rule: 'pod',
        members: [
          { engineSpan: null, share: 0.25 },
          { engineSpan: 'a@1', share: 0.5 },
          { engineSpan: 'b@1', share: 0.125 },
          { engineSpan: 'c@1', share: 0.125 },
        ],
      },
      engines: ['a', 'b', 'c'],
    });
  });

  test('where a node names no pods, each of its GPUs holds all its engines', () => {
    const engines = [
      engineOf('a', { node: 'node-1' }),
      engineOf('b', { node: 'node-1' }),
      engineOf('c', { node: 'node-2' }),
    ];
    const place = createPlacer(engines, [gpu(), gpu({ gpu: 'GPU-1' })]);
    expect(place(gpu())?.placement).toMatchObject({ rule: 'node', members: [{ share: 0.5 }, { share: 0.5 }] });
    expect(place(gpu())?.placement).toBe(place(gpu({ gpu: 'GPU-1' }))?.placement);
  });

  test('a free GPU of a node that names pods holds nothing, nor does one of an unknown pod or node', () => {
    const place = createPlacer([engineOf('a', { pod: 'p1', node: 'node-1' })], [held('p1'), gpu({ gpu: 'GPU-1' })]);
    expect(place(gpu({ gpu: 'GPU-1' }))).toBeNull();
    expect(place(held('training-job'))).toBeNull();
    expect(createPlacer([engineOf('a')], [])(gpu({ node: null }))).toBeNull();
  });
});
