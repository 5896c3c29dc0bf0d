import { withEnvironment } from './environment-secrets.ts';
import { createFileSecrets, PLAIN } from './file-secrets.ts';
import { createMemorySecrets } from './memory-secrets.ts';
import type { Secrets } from './secrets.ts';

/** Secrets of a host without a key store: the environment's, then a file of the data folder, or memory without one. */
export function createHostSecrets(
  dataFolder: string | null,
  env: Readonly<Record<string, string | undefined>>,
): Secrets {
  if (dataFolder === null) return withEnvironment(env, createMemorySecrets());
  const keeping = {
    kind: 'file',
    isLasting: true,
    note: 'Secrets are kept in secrets.json of the data folder, which only its owner can read.',
  } as const;
  return withEnvironment(env, createFileSecrets(dataFolder, PLAIN, keeping));
}
