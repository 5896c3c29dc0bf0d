import { describe, expect, test } from 'vitest';

import { createPlacer, type PlaceableEngine } from '#backend/sampling/place-engines.ts';
import { gpu } from './readings.ts';

const engineOf = (name: string, changes: Partial<PlaceableEngine> = {}): PlaceableEngine => ({
  engine: name,
  engineSpan: `${name}@1`,
  pod: null,
  namespace: null,
  node: null,
  address: null,
  gpuCount: null,
  gpuUuids: [],
  pids: [],
  isAsleep: false,
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

  test('the operator places engines by pattern on GPUs by UUID, index or all, and nowhere else', () => {
    const engines = [
      engineOf('a', { pod: 'p1', node: 'node-1' }),
      engineOf('b', { pod: 'p2', node: 'node-1', address: '10.0.0.9:8000' }),
      engineOf('c', { node: 'node-1' }),
    ];
    const gpus = [gpu(), gpu({ gpu: 'GPU-1', index: '1' }), gpu({ gpu: 'GPU-2', index: '2' })];
    const place = createPlacer(engines, gpus, [
      { engine: 'p1', node: 'node-*', gpus: ['GPU-0'] },
      { engine: '10.0.0.9:*', node: 'NODE-1', gpus: ['1'] },
    ]);
    expect(gpus.map((one) => place(one)?.engines)).toEqual([['a'], ['b'], ['c']]);
    expect(gpus.map((one) => place(one)?.placement.rule)).toEqual(['operator', 'operator', 'node']);
    const all = createPlacer(engines, gpus, [{ engine: 'a', node: 'node-1', gpus: 'all' }]);
    expect(gpus.map((one) => all(one)?.engines)).toEqual([['a'], ['a'], ['a']]);
  });

  test("the operator's word wins over a pod's label, and names the slices of a card by the card", () => {
    const slice = { ...held('p1'), gpu: 'GPU-0/7' };
    const engines = [engineOf('a', { pod: 'p1' }), engineOf('b')];
    const place = createPlacer(engines, [slice], [{ engine: 'b', node: 'node-1', gpus: ['GPU-0'] }]);
    expect(place(slice)?.engines).toEqual(['b']);
  });

  test('a mapping of an engine that nobody hears places nothing', () => {
    const place = createPlacer([engineOf('a', { node: 'node-1' })], [gpu()], [{ engine: 'x', node: '*', gpus: 'all' }]);
    expect(place(gpu())).toMatchObject({ engines: ['a'], placement: { rule: 'node' } });
  });
});

/** GPUs of one node with so much memory in use, GiB. */
const gpusWith = (...gibibytes: readonly (number | null)[]) =>
  gibibytes.map((used, index) =>
    gpu({ gpu: `GPU-${index}`, index: String(index), memoryUsedBytes: used === null ? null : used * 1024 ** 3 }),
  );
const onNode = (name: string, changes: Partial<PlaceableEngine> = {}) => engineOf(name, { node: 'node-1', ...changes });
/** The engines of each GPU with their shares, such as `a 0.5, b 0.5`. */
function placed(engines: readonly PlaceableEngine[], gpus: ReturnType<typeof gpusWith>): string[] {
  const place = createPlacer(engines, gpus);
  return gpus.map((one) =>
    (place(one)?.placement.members ?? []).map(({ engineSpan, share }) => `${engineSpan} ${share}`).join(', '),
  );
}

describe('engines on the GPUs of a node that names no pods', () => {
  test('hold the GPUs that have a model in memory, and leave the others free', () => {
    expect(placed([onNode('a')], gpusWith(150, 150, 0.4, 0.4))).toEqual(['a@1 1', 'a@1 1', '', '']);
    expect(placed([onNode('a')], gpusWith(0.4, 0.4))).toEqual(['a@1 1', 'a@1 1']);
    expect(placed([onNode('a')], gpusWith(null, null))).toEqual(['a@1 1', 'a@1 1']);
  });

  test('are not spread over more GPUs than they say they use', () => {
    const two = onNode('a', { gpuCount: 2 });
    expect(placed([two], gpusWith(150, 150, 0.4, 0.4))).toEqual(['a@1 1', 'a@1 1', '', '']);
    // Which two of the four it is cannot be known: somebody else holds memory too, or nobody tells.
    expect(placed([two], gpusWith(150, 150, 90, 0.4))).toEqual(['', '', '', '']);
    expect(placed([two], gpusWith(null, null, null, null))).toEqual(['', '', '', '']);
    expect(placed([two], gpusWith(150, 150))).toEqual(['a@1 1', 'a@1 1']);
  });

  test('share GPUs by the number that each says it uses', () => {
    const engines = [onNode('a', { gpuCount: 3 }), onNode('b', { gpuCount: 1 })];
    expect(placed(engines, gpusWith(99, 99, 99, 99))).toEqual(Array(4).fill('a@1 0.75, b@1 0.25'));
    const silent = [onNode('a', { gpuCount: 1 }), onNode('b')];
    expect(placed(silent, gpusWith(99, 99, 99, 99))).toEqual(Array(4).fill('a@1 0.25, b@1 0.75'));
  });

  test('hold the GPUs that they name, and no other', () => {
    const engines = [onNode('a', { gpuUuids: ['GPU-0'] }), onNode('b', { gpuUuids: ['GPU-1', 'GPU-2'] }), onNode('c')];
    expect(placed(engines, gpusWith(99, 99, 99, 99))).toEqual(['a@1 1', 'b@1 1', 'b@1 1', '']);
  });

  test('hold the GPUs that their processes are on, and no other', () => {
    const engines = [onNode('a', { pids: [10, 11, 12] }), onNode('b', { pids: [20, 21] }), onNode('c')];
    const used = (pids: readonly number[]) => pids.map((pid) => ({ pid, memoryUsedBytes: 80e9 }));
    const gpus = gpusWith(99, 99, 99, 99).map((one, index) => ({
      ...one,
      processes: used([[11], [12], [21], [7]][index] ?? []),
    }));
    // Of the last one nobody knows whose it is; the engine that tells no process may be there.
    expect(placed(engines, gpus)).toEqual(['a@1 1', 'a@1 1', 'b@1 1', 'c@1 1']);
    expect(placed(engines.slice(0, 2), gpus)).toEqual(['a@1 1', 'a@1 1', 'b@1 1', '']);
  });

  test('G12 leave to nobody what a process that is no engine holds beside them', () => {
    const engines = [onNode('a', { pids: [10] })];
    const beside = (bytes: number) => [
      { ...gpusWith(99)[0]!, processes: [10, 99].map((pid) => ({ pid, memoryUsedBytes: pid === 99 ? bytes : 60e9 })) },
    ];
    expect(placed(engines, beside(20e9))).toEqual(['null 0.5, a@1 0.5']);
    expect(placed(engines, beside(0.2e9))).toEqual(['a@1 1']);
  });

  test('of another machine are not known by a number that is used twice', () => {
    const engines = [onNode('a', { pids: [10], node: 'node-2' }), onNode('b')];
    const gpus = gpusWith(99).map((one) => ({ ...one, processes: [{ pid: 10, memoryUsedBytes: 80e9 }] }));
    const elsewhere = gpusWith(99).map((one) => ({ ...one, gpu: 'GPU-9', node: 'node-2' }));
    expect(placed(engines, [...gpus, ...elsewhere])).toEqual(['b@1 1', 'a@1 1']);
  });

  test('that sleep have no share beside one that is awake, and hold their GPUs all the same when all sleep', () => {
    const asleep = onNode('a', { isAsleep: true });
    expect(placed([asleep, onNode('b')], gpusWith(99))).toEqual(['b@1 1']);
    expect(placed([asleep], gpusWith(0.5, 0.5))).toEqual(['a@1 1', 'a@1 1']);
    expect(placed([asleep, onNode('b', { isAsleep: true })], gpusWith(0.5))).toEqual(['a@1 0.5, b@1 0.5']);
  });
});
