import { describe, expect, it } from 'vitest';
import {
  changedFields,
  NO_FINGERPRINT,
  type Fingerprint,
  type FingerprintChange,
} from '#shared/cost/savings/fingerprint-change.ts';

describe('two fingerprints differ', () => {
  const was: Fingerprint = { ...NO_FINGERPRINT, engine: 'vllm', version: '0.11.2', precision: 'fp8', driver: '575.57' };

  it.each<[string, Partial<Fingerprint>, FingerprintChange['kinds']]>([
    ['not from themselves', {}, []],
    ['in the version', { version: '0.12.0' }, ['version']],
    ['in several fields, in their order', { driver: '580.95', version: '0.12.0' }, ['version', 'driver']],
    ['not in what is only learned', { image: 'vllm@sha256:1' }, []],
    ['not in what is no longer told', { precision: null }, []],
  ])('%s', (_, other, expected) => {
    expect(changedFields(was, { ...was, ...other })).toEqual(expected);
  });
});
