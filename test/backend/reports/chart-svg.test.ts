import { expect, it } from 'vitest';
import { chartSvg } from '#backend/reports/pictures/chart-svg.ts';
import type { ReportDrawing } from '#shared/model/report-drawing.ts';
import { epochMs } from '#shared/time/instant.ts';

const DAY = 86_400_000;
const from = epochMs(Date.UTC(2026, 9, 1));

const DRAWINGS: readonly ReportDrawing[] = [
  {
    kind: 'bars',
    labels: ['Sep', 'Oct'],
    bars: { name: 'Cost, USD', unit: 'USD', values: [null, 123_456] },
    line: { name: 'USD/Mtok', unit: 'USD/Mtok', values: [null, 0.1234] },
  },
  {
    kind: 'steps',
    steps: [
      { label: 'September', value: 100, role: 'total' },
      { label: 'Volume', value: -30, role: 'step' },
      { label: 'October', value: 70, role: 'total' },
    ],
  },
  { kind: 'stack', labels: ['<b>prod</b>'], layers: [{ key: 'idle', name: 'Idle', values: [12] }] },
  { kind: 'stack', labels: [], layers: [] },
  { kind: 'week', values: Array.from({ length: 7 }, () => Array.from({ length: 24 }, (_, hour) => hour / 24)) },
  {
    kind: 'burn',
    points: [{ at: from, actual: 0, even: 0, forecast: null, low: null, high: null }],
    month: { from, to: epochMs(from + 31 * DAY) },
    usdPerMonth: 900,
    zone: 'UTC',
  },
];

it.each(DRAWINGS)('a chart of $kind is the same picture whatever was drawn before, and holds no code', (drawing) => {
  const chart = { id: 'one', title: 'One', alt: 'One', drawing, tableId: 'one' };
  const svg = chartSvg(chart);
  expect(svg).toMatch(/^<svg/u);
  expect(svg).toBe(chartSvg(chart));
  expect(svg).not.toMatch(/NaN|undefined|<b>|<style|<script/u);
});

it('a bar of the bridge says its amount with its sign', () => {
  const drawing = DRAWINGS[1]!;
  expect(chartSvg({ id: 'b', title: 'B', alt: 'B', drawing, tableId: 'b' })).toContain('>−$30<');
});
