import { describe, expect, it } from 'vitest';
import type { FigureUnit } from '#shared/units/figure-unit.ts';
import { decimalsOfPrice, formatFigure, formatWithUnit } from '#shared/units/format-quantity.ts';

describe('formatFigure', () => {
  it.each<[number | null, FigureUnit, string]>([
    [0.0203, 'USD/Mtok', '0.0203 $/Mtok'],
    [0.067_64, 'USD/Mtok', '0.0676 $/Mtok'],
    [0.1, 'USD/Mtok', '0.100 $/Mtok'],
    [0.999_6, 'USD/Mtok', '1.00 $/Mtok'],
    [1.005_1, 'USD/Mtok', '1.01 $/Mtok'],
    [0, 'USD/Mtok', '0.00 $/Mtok'],
    [12_408.551, 'USD', '12,408.55 $'],
    [0.004_321, 'USD', '0.00432 $'],
    [0, 'USD/h', '0.00 $/h'],
    [-4.5, 'USD/h', '−4.50 $/h'],
    [3_240_000, 'USD', '3.24 M $'],
    [8420, 'W', '8.42 kW'],
    [361_700, 'W', '361.7 kW'],
    [840, 'W', '840 W'],
    [999_960, 'W', '1.00 MW'],
    [6.948e9, 'J', '1.93 MWh'],
    [1930, 'kWh', '1.93 MWh'],
    [18_640, 'token/s', '18.6 k tok/s'],
    [1_890_000, 'token/s', '1.89 M tok/s'],
    [3.18e9, 'token', '3.18 B tok'],
    [5.218, 'token/J', '5.22 tok/J'],
    [0.041_26, 'token/J', '0.0413 tok/J'],
    [0.634, 'ratio', '63.4 %'],
    [1, 'ratio', '100.0 %'],
    [0.999_99, 'ratio', '99.9 %'],
    [0.000_01, 'ratio', '< 0.1 %'],
    [0, 'ratio', '0.0 %'],
    [5, 'factor', '5.00 ×'],
    [1, 'factor', '1.00 ×'],
    [0.1, 'factor', '0.10 ×'],
    [0.025, 'factor', '0.0250 ×'],
    [0, 'factor', '0.00 ×'],
    [0.412, 's', '412 ms'],
    [2.312, 's', '2.31 s'],
    [1204.46, 'GPU-h', '1,204.5 GPU-h'],
    [0.046, 'GPU-h', '0.05 GPU-h'],
    [368, 'count', '368'],
    [null, 'USD/Mtok', '–'],
    [Number.NaN, 'W', '–'],
  ])('prints %s %s as %s', (value, unit, text) => {
    expect(formatWithUnit(value, unit)).toBe(text);
  });

  it('puts the currency before the amount when asked, the sign before the currency', () => {
    expect(formatFigure(788.9, 'USD/h', { currency: 'before' })).toEqual({ text: '$788.90', unit: '/h' });
    expect(formatFigure(-4.5, 'USD', { currency: 'before' })).toEqual({ text: '−$4.50', unit: '' });
  });

  it('never prints a minus before a zero', () => {
    expect(formatFigure(-0.000_000_1, 'W', { decimals: 1 }).text).toBe('0.0');
  });

  it('follows the separators of the locale', () => {
    expect(formatFigure(12_408.55, 'USD', { locale: 'de-DE' }).text).toBe('12.408,55');
  });
});

describe('decimalsOfPrice', () => {
  it.each([
    [0.116, 3],
    [0.0676, 4],
    [0.000_203, 6],
    [1, 2],
    [25, 2],
    [0, 2],
    [1e-30, 10],
  ])('gives %s as many decimals as three significant digits need: %s', (value, decimals) => {
    expect(decimalsOfPrice(value)).toBe(decimals);
  });
});
