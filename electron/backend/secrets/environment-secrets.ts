import { succeed } from '#shared/lib/result.ts';
import type { Secrets } from './secrets.ts';

type Environment = Readonly<Record<string, string | undefined>>;

const PREFIX = 'TOKENWATT_SECRET_';

/** The variable that holds a secret: `mimir.token` is TOKENWATT_SECRET_MIMIR_TOKEN. */
export function variableOf(name: string): string {
  return PREFIX + name.toUpperCase().replaceAll(/[^A-Z0-9]/g, '_');
}

/** Secrets of the environment where it has them, else those kept below. What the environment has, it alone can change. */
export function withEnvironment(env: Environment, below: Secrets): Secrets {
  const valueOf = (name: string): string | null => {
    const value = env[variableOf(name)];
    return value === undefined || value === '' ? null : value;
  };
  return {
    ...below,
    get: async (name) => {
      const value = valueOf(name);
      return value === null ? await below.get(name) : succeed(value);
    },
  };
}
