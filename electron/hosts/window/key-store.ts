import type { SafeStorage } from 'electron';
import { createFileSecrets, PLAIN, type Seal } from '#backend/secrets/file-secrets.ts';
import { createMemorySecrets } from '#backend/secrets/memory-secrets.ts';
import type { SecretKeeping, Secrets } from '#backend/secrets/secrets.ts';
import { fail, succeed } from '#shared/lib/result.ts';

/** The part of Electron's safe storage that is used: the asynchronous one, because the other is going. */
export type KeyStore = Pick<
  SafeStorage,
  'isAsyncEncryptionAvailable' | 'encryptStringAsync' | 'decryptStringAsync' | 'getSelectedStorageBackend'
>;

export type WindowSecretsOptions = {
  readonly dataFolder: string;
  readonly keyStore: KeyStore;
  readonly platform: NodeJS.Platform;
};

const SEALED: SecretKeeping = {
  kind: 'key-store',
  isLasting: true,
  note: 'Secrets are sealed by the key store of this system.',
};

const UNSEALED: SecretKeeping = {
  kind: 'memory',
  isLasting: false,
  note: 'This system offers no key store, so secrets are kept in memory until Tokenwatt ends. GNOME Keyring or KWallet would keep them.',
};

/**
 * Secrets of the window, in the main process alone: sealed by the system's key store in `secrets.json`. Where Linux offers
 * only `basic_text`, a key that everybody knows, nothing is written: they last until the end of this run.
 */
export function createWindowSecrets({ dataFolder, keyStore, platform }: WindowSecretsOptions): Secrets {
  const sealed = createFileSecrets(dataFolder, sealBy(keyStore), SEALED);
  const unsealed = overFile(createMemorySecrets(UNSEALED), createFileSecrets(dataFolder, PLAIN, UNSEALED));
  // Asked once, at the first use: the key store cannot be asked before the app is ready.
  let chosen: Promise<Secrets> | null = null;
  const secrets = (): Promise<Secrets> =>
    (chosen ??= isSafe(keyStore, platform).then((isSealing) => (isSealing ? sealed : unsealed)));
  return {
    get: async (name) => (await secrets()).get(name),
    set: async (name, value) => (await secrets()).set(name, value),
    remove: async (name) => (await secrets()).remove(name),
    names: async () => (await secrets()).names(),
    keeping: async () => (await secrets()).keeping(),
  };
}

async function isSafe(keyStore: KeyStore, platform: NodeJS.Platform): Promise<boolean> {
  const isAvailable = await keyStore.isAsyncEncryptionAvailable().catch(() => false);
  if (!isAvailable || platform !== 'linux') return isAvailable;
  const backend = keyStore.getSelectedStorageBackend();
  return backend !== 'basic_text' && backend !== 'unknown';
}

function sealBy(keyStore: KeyStore): Seal {
  return {
    kind: 'sealed',
    // The texts of its errors are not ours, and may hold anything.
    seal: (value) =>
      keyStore.encryptStringAsync(value).then(
        (sealed) => succeed(sealed.toString('base64')),
        () => fail('The key store of this system could not seal the secret: is it locked?'),
      ),
    unseal: (text) =>
      keyStore.decryptStringAsync(Buffer.from(text, 'base64')).then(
        ({ result, shouldReEncrypt }) => succeed({ value: result, again: shouldReEncrypt }),
        () => fail('The key store of this system cannot open the secret: unlock it, or enter the secret again.'),
      ),
  };
}

/** Secrets of memory, and those of a file that another program wrote; only removing changes the file. */
function overFile(memory: Secrets, file: Secrets): Secrets {
  return {
    ...memory,
    get: async (name) => {
      const found = await memory.get(name);
      return found.ok && found.value === null ? await file.get(name) : found;
    },
    remove: async (name) => {
      await memory.remove(name);
      return await file.remove(name);
    },
    names: async () => {
      const [one, other] = [await memory.names(), await file.names()];
      if (!one.ok || !other.ok) return one.ok ? other : one;
      return succeed([...new Set([...one.value, ...other.value])].toSorted());
    },
  };
}
