import { describe, expect, it } from 'vitest';
import { countOfStep, hourCells, hoursExport } from '#renderer/pages/idle/hour-map.ts';
import type { IdleHourOfWeek } from '#shared/contract/idle-schema.ts';

function hourOf(index: number, changes: Partial<IdleHourOfWeek> = {}): IdleHourOfWeek {
  const nothing = { gpuHours: 0, allGpuHours: 0, usd: 0, kilowattHours: 0, times: 0, gpuTime: null, energy: null };
  return { weekday: Math.floor(index / 24), hour: index % 24, ...nothing, ...changes };
}

const hoursOfWeek = Array.from({ length: 168 }, (_, index) => {
  if (index === 0) return hourOf(index, { times: 2, allGpuHours: 16, gpuHours: 16, usd: 40 });
  if (index === 25) return hourOf(index, { times: 1, allGpuHours: 8, gpuHours: 2, usd: null });
  return hourOf(index);
});

describe('the map of the hours of a week', () => {
  const cells = hourCells({ hoursOfWeek });

  it('has seven days of twenty-four hours, Monday first', () => {
    expect(cells.map((day) => day.length)).toEqual(Array.from({ length: 7 }, () => 24));
    expect(cells[1]?.[1]?.words).toContain('Tuesday 01:00 to 02:00');
  });

  it('tells all idle from partly idle, and an hour that the range lacks from one without idle time', () => {
    expect(cells[0]?.[0]).toMatchObject({ step: 5 });
    expect(cells[0]?.[0]?.words).toBe('Monday 00:00 to 01:00: 100.0 % idle, $40.00 in all, seen 2 times');
    expect(cells[1]?.[1]).toMatchObject({ step: 1 });
    expect(cells[6]?.[23]).toMatchObject({ step: null });
    expect(countOfStep(cells, 5)).toBe(1);
  });

  it('leaves empty what is not known, never zero', () => {
    const { rows } = hoursExport({ hoursOfWeek, zone: 'UTC' });
    expect(rows[0]).toEqual(['Monday', 0, 2, 16, 16, 40, 0]);
    expect(rows[25]?.[5]).toBeNull();
    expect(rows[1]).toEqual(['Monday', 1, 0, null, null, null, null]);
  });
});
