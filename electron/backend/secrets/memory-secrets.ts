import { succeed } from '#shared/lib/result.ts';
import type { SecretKeeping, Secrets } from './secrets.ts';

const IN_MEMORY: SecretKeeping = {
  kind: 'memory',
  isLasting: false,
  note: 'Secrets are kept in memory and are gone when Tokenwatt ends.',
};

/** Secrets of this run alone. */
export function createMemorySecrets(keeping: SecretKeeping = IN_MEMORY): Secrets {
  const values = new Map<string, string>();
  return {
    get: async (name) => succeed(values.get(name) ?? null),
    set: async (name, value) => {
      values.set(name, value);
      return succeed(undefined);
    },
    remove: async (name) => {
      values.delete(name);
      return succeed(undefined);
    },
    names: async () => succeed([...values.keys()].toSorted()),
    keeping: async () => keeping,
  };
}
