import { describe, expect, it } from 'vitest';
import { detectChanges, type ChangeEvidence } from '#shared/cost/savings/detect-changes.ts';
import { settingsText } from '#shared/model/engine-settings.ts';
import type { GpuSeat } from '#shared/model/gpu.ts';
import type { EngineSpan } from '#shared/model/inference-engine.ts';
import { epochMs, type EpochMs } from '#shared/time/instant.ts';

const HOUR = 3_600_000;
const START = epochMs(Date.UTC(2026, 10, 1));
const hour = (hours: number): EpochMs => epochMs(START + hours * HOUR);

function span(engine: string, since: number, until: number | null, told: Partial<EngineSpan> = {}): EngineSpan {
  return {
    key: `${engine}@${since}`,
    engine,
    kind: 'vllm',
    model: 'm',
    site: null,
    rack: null,
    pool: 'chat',
    node: `node of ${engine}`,
    role: null,
    pod: engine,
    version: '1.0.0',
    versionEvidence: 'image',
    image: null,
    settings: null,
    tenant: null,
    since: hour(since),
    until: until === null ? null : hour(until),
    ...told,
  };
}

function seat(gpu: string, node: string, since: number, driverVersion: string | null): GpuSeat {
  const place = { site: null, rack: null, pool: 'chat', node };
  const about = { sku: 'NVIDIA B200', index: '0', domain: null, tray: null, driverVersion, cudaVersion: null };
  return { key: `${gpu}@${since}`, gpu, ...place, ...about, since: hour(since), until: null };
}

function detected(spans: readonly EngineSpan[], others: Partial<ChangeEvidence> = {}) {
  const none = { seats: [], powerLimits: [], heardUntil: new Map<string, EpochMs>() };
  return detectChanges({ spans, ...none, ...others });
}

/** An engine that runs one release, and from some hour on another. */
function updated(engine: string, at: number, after: Partial<EngineSpan> = { version: '1.1.0' }): EngineSpan[] {
  return [span(engine, 0, at), span(engine, at, null, after)];
}

describe('changes of what a deployment runs', () => {
  it('of a rolling update are one, from its first replica to its last', () => {
    const changes = detected([...updated('a', 100), ...updated('b', 100.1), ...updated('c', 102)]);
    expect(changes).toHaveLength(1);
    expect(changes[0]).toMatchObject({
      deployment: { model: 'm', pool: 'chat' },
      kinds: ['version'],
      firstAt: hour(100),
      lastAt: hour(102),
      replicas: { changed: ['a', 'b', 'c'], kept: [] },
      source: 'detected',
      isBundle: false,
    });
    expect([changes[0]!.from.version, changes[0]!.to.version]).toEqual(['1.0.0', '1.1.0']);
  });

  it('are none where a replica restarts as it was, or another span begins for its place alone', () => {
    expect(detected([span('a', 0, 50), span('a', 50, null, { node: 'elsewhere' })])).toEqual([]);
  });

  it('are two where an update is taken back', () => {
    const spans = [span('a', 0, 100), span('a', 100, 130, { version: '1.1.0' }), span('a', 130, null)];
    expect(detected(spans).map(({ from, to }) => [from.version, to.version])).toEqual([
      ['1.0.0', '1.1.0'],
      ['1.1.0', '1.0.0'],
    ]);
  });

  it('that last no hour are none', () => {
    const spans = [span('a', 0, 100), span('a', 100, 100.5, { version: '1.1.0' }), span('a', 100.5, null)];
    expect(detected(spans)).toEqual([]);
  });

  it('of one replica of several leave the others as a control', () => {
    const [change] = detected([...updated('a', 100), span('b', 0, null), span('c', 0, null)]);
    expect(change!.replicas).toEqual({ changed: ['a'], kept: ['b', 'c'] });
  });

  it('of a canary and of the rest, days later, are two', () => {
    const changes = detected([...updated('a', 100), ...updated('b', 200), ...updated('c', 200.2)]);
    expect(changes.map(({ replicas }) => replicas)).toEqual([
      { changed: ['a'], kept: ['b', 'c'] },
      { changed: ['b', 'c'], kept: ['a'] },
    ]);
  });

  it('in several fields at once are a bundle, also where they show minutes apart', () => {
    const after = { version: '1.1.0', settings: settingsText({ quantization: 'fp4', block_size: '32' }) };
    const before = { settings: settingsText({ quantization: 'fp8', block_size: '32' }) };
    const spans = [
      span('a', 0, 100, before),
      span('a', 100, 100.2, { ...before, version: '1.1.0' }),
      span('a', 100.2, null, after),
    ];
    const changes = detected(spans, {
      seats: [seat('g', 'node of a', 0, '570.1'), seat('g', 'node of a', 100.3, '580.1')],
    });
    expect(changes).toHaveLength(1);
    expect(changes[0]).toMatchObject({ kinds: ['version', 'precision', 'driver'], isBundle: true });
    expect(changes[0]!.to).toMatchObject({
      precision: 'quantization fp4',
      driver: '580.1',
      arguments: 'block_size 32',
    });
  });

  it('of a release and of the image that brings it are no bundle; of the image alone they are told', () => {
    const spans = [
      span('a', 0, 100, { image: 'vllm:1.0.0' }),
      span('a', 100, 300, { version: '1.1.0', image: 'vllm:1.1.0@sha256:a' }),
      span('a', 300, null, { version: '1.1.0', image: 'vllm:1.1.0@sha256:b' }),
    ];
    const changes = detected(spans);
    expect(changes.map(({ kinds, isBundle }) => [kinds, isBundle])).toEqual([
      [['version'], false],
      [['image'], false],
    ]);
  });

  it('are none where something only becomes known, or is told no more', () => {
    const known = { image: 'vllm:1@sha256:a', settings: settingsText({ dtype: 'bf16' }) };
    const more = { image: 'vllm:1@sha256:a', settings: settingsText({ dtype: 'bf16', block_size: '16' }) };
    const spans = [
      span('a', 0, 50, { version: null, versionEvidence: null }),
      span('a', 50, 60, known),
      span('a', 60, 70, more),
      span('a', 70, null, { image: 'vllm:1' }),
    ];
    expect(detected(spans)).toEqual([]);
  });

  it('are none where the names of metrics are followed by the release itself', () => {
    const bound = { version: '≥ 0.11.1', versionEvidence: 'metric-names' } as const;
    expect(detected([span('a', 0, 50, bound), span('a', 50, null, { version: '0.12.0' })])).toEqual([]);
    const spans = [span('a', 0, 50, bound), span('a', 50, null, { ...bound, version: '≥ 0.13' })];
    expect(detected(spans)).toHaveLength(1);
  });

  it('of replicas that are replaced one by one are one, and pods that are gone are no control', () => {
    const spans = [
      span('old-0', 0, null),
      span('old-1', 0, null),
      span('new-0', 100, null, { version: '1.1.0' }),
      span('new-1', 100.5, null, { version: '1.1.0' }),
    ];
    const heardUntil = new Map([
      ['old-0', hour(100)],
      ['old-1', hour(100.5)],
    ]);
    const changes = detected(spans, { heardUntil });
    expect(changes).toHaveLength(1);
    expect(changes[0]).toMatchObject({ firstAt: hour(100), lastAt: hour(100.5) });
    expect(changes[0]!.replicas).toEqual({ changed: ['new-0', 'new-1'], kept: [] });
  });

  it('are none where a pod is only added', () => {
    const spans = [
      ...updated('a', 100),
      span('b', 130, null, { version: '1.1.0' }),
      span('c', 140, null, { version: '1.1.0' }),
    ];
    expect(detected(spans).map(({ replicas }) => replicas.changed)).toEqual([['a']]);
  });

  it('of a power limit are told for the deployment on the nodes', () => {
    const powerLimits = [
      { node: 'node of a', from: hour(0), watts: 1200 },
      { node: 'node of a', from: hour(100), watts: 1000.2 },
      { node: 'node of b', from: hour(0), watts: 1200 },
    ];
    const changes = detected([span('a', 0, null), span('b', 0, null)], { powerLimits });
    expect(changes).toHaveLength(1);
    expect(changes[0]).toMatchObject({ kinds: ['power-cap'], replicas: { changed: ['a'], kept: ['b'] } });
    expect([changes[0]!.from['power-cap'], changes[0]!.to['power-cap']]).toEqual(['1200 W', '1000 W']);
  });

  it('of other deployments stand apart', () => {
    const other = updated('b', 100).map((one) => ({ ...one, pool: 'batch' }));
    expect(detected([...updated('a', 100), ...other]).map(({ deployment }) => deployment.pool)).toEqual([
      'batch',
      'chat',
    ]);
  });
});
