import { describe, expect, test } from 'vitest';

import { createEngineSpans, describedEngine, storedSpan, versionsAgree } from '#backend/sampling/engine-spans.ts';
import { settingsText } from '#shared/model/engine-settings.ts';
import type { EngineSample } from '#shared/model/sample.ts';
import { epochMs } from '#shared/time/instant.ts';
import { engine } from './readings.ts';

const told = (version: string | null) => ({ version, versionEvidence: version === null ? null : ('http' as const) });
const inferred = (version: string) => ({ version, versionEvidence: 'metric-names' as const });
const process1 = { startedAt: epochMs(1000) };
const process2 = { startedAt: epochMs(900_000) };

/** The versions and kinds of evidence of an engine's spans after some readings. */
function versionsAfter(...readings: readonly Partial<Omit<EngineSample, 'counters'>>[]): string[] {
  const spans = createEngineSpans([]);
  readings.forEach((reading, index) => {
    spans.spanOf('e', epochMs(1_000_000 + index), describedEngine(engine(reading)));
  });
  return spans.all().map((span) => `${span.version ?? 'none'} ${span.versionEvidence ?? ''}`.trim());
}

describe('the spans of an engine', () => {
  test.each([
    [
      'a restart of the same release goes on',
      [
        { ...process1, ...told('0.11.0') },
        { ...process2, ...told('0.11.0') },
      ],
      ['0.11.0 http'],
    ],
    [
      'an update begins a span',
      [
        { ...process1, ...told('0.11.0') },
        { ...process2, ...told('0.12.1') },
      ],
      ['0.11.0 http', '0.12.1 http'],
    ],
    [
      'no version says nothing',
      [
        { ...process1, ...told('0.11.0') },
        { ...process2, ...told(null) },
      ],
      ['0.11.0 http'],
    ],
    [
      'a first version refines',
      [
        { ...process1, ...told(null) },
        { ...process1, ...told('0.11.0') },
      ],
      ['0.11.0 http'],
    ],
    [
      'a told version refines the inferred one',
      [
        { ...process1, ...inferred('≥ 0.11') },
        { ...process1, ...told('0.11.0') },
      ],
      ['0.11.0 http'],
    ],
    [
      'an inferred version agrees with the told one',
      [
        { ...process1, ...told('0.12.1') },
        { ...process1, ...inferred('≥ 0.11.1') },
      ],
      ['0.12.1 http'],
    ],
    [
      'an inferred version of another process proves nothing',
      [
        { ...process1, ...told('0.12.1') },
        { ...process2, ...inferred('≥ 0.11.1') },
      ],
      ['0.12.1 http', '≥ 0.11.1 metric-names'],
    ],
    ['M20 another model is another span', [{ model: 'one' }, { model: 'two' }], ['0.11.0 http', '0.11.0 http']],
  ] as const)('%s', (_, readings, versions) => {
    expect(versionsAfter(...readings)).toEqual(versions);
  });

  test('the store keeps a span without the start of its process', () => {
    const spans = createEngineSpans([]);
    const tracked = spans.spanOf('e', epochMs(5), describedEngine(engine()));
    expect(storedSpan(tracked)).not.toHaveProperty('startedAt');
    expect(createEngineSpans([storedSpan(tracked)]).current(tracked.engine)).toMatchObject({ version: '0.11.0' });
  });
});

describe('what an engine is launched with', () => {
  const settings = (values: Record<string, string>) => ({ settings: settingsText(values) });
  /** Settings and images of an engine's spans after some readings. */
  const spansAfter = (...readings: readonly Partial<Omit<EngineSample, 'counters'>>[]) => {
    const spans = createEngineSpans([]);
    readings.forEach((reading, index) => {
      spans.spanOf('e', epochMs(1_000_000 + index), describedEngine(engine(reading)));
    });
    return spans.all().map((span) => span.settings ?? span.image);
  };

  test('begins a span when a setting is another', () => {
    const spans = spansAfter(settings({ block_size: '16' }), settings({ block_size: '32' }));
    expect(spans).toEqual(['{"block_size":"16"}', '{"block_size":"32"}']);
  });

  test('goes on when more or less of it is told, and keeps what was', () => {
    const spans = spansAfter({}, settings({ block_size: '16' }), settings({ dtype: 'fp8' }), {});
    expect(spans).toEqual(['{"block_size":"16","dtype":"fp8"}']);
  });

  test('begins a span when the image is another, and none when its digest becomes known', () => {
    const image = 'docker.io/vllm/vllm-openai:v0.11.0';
    const exact = `${image}@sha256:${'a'.repeat(64)}`;
    expect(spansAfter({ image }, { image: exact }, { image }, { image: null })).toEqual([exact]);
    const rebuilt = `${image}@sha256:${'b'.repeat(64)}`;
    expect(spansAfter({ image: exact }, { image: rebuilt })).toEqual([exact, rebuilt]);
  });
});

describe('two versions may be one release', () => {
  test.each([
    [told('0.11.0'), told('0.11.0'), true],
    [told('0.11.0'), told('0.12.0'), false],
    [inferred('≥ 0.11'), inferred('≥ 0.13'), false],
    [told('0.12.1'), inferred('≥ 0.11.1'), true],
    [inferred('≥ 0.11.1'), told('0.13.0'), false],
    [told('0.5.4'), inferred('≥ 0.9.2'), false],
    [told('0.20.1.dev3+g1a2b'), inferred('≥ 0.20'), true],
    [told(null), told('0.11.0'), true],
  ])('%j and %j: %s', (one, other, agree) => {
    expect(versionsAgree({ kind: 'vllm', ...one }, { kind: 'vllm', ...other })).toBe(agree);
  });
});
