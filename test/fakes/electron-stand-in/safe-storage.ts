import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { app } from './app.ts';

/** A key store whose key lies in the app's own folder: real encryption, and a key that a restart finds again. */
type Sealing = Pick<
  Electron.SafeStorage,
  'isAsyncEncryptionAvailable' | 'encryptStringAsync' | 'decryptStringAsync' | 'getSelectedStorageBackend'
>;

const IV_BYTES = 12;
const TAG_BYTES = 16;

export const safeStorage = {
  isAsyncEncryptionAvailable: async () => app.isReady(),
  encryptStringAsync: async (text: string) => {
    const iv = randomBytes(IV_BYTES);
    const cipher = createCipheriv('aes-256-gcm', keyOfApp(), iv);
    const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
    return Buffer.concat([iv, cipher.getAuthTag(), sealed]);
  },
  decryptStringAsync: async (sealed: Buffer) => {
    const decipher = createDecipheriv('aes-256-gcm', keyOfApp(), sealed.subarray(0, IV_BYTES));
    decipher.setAuthTag(sealed.subarray(IV_BYTES, IV_BYTES + TAG_BYTES));
    const text = Buffer.concat([decipher.update(sealed.subarray(IV_BYTES + TAG_BYTES)), decipher.final()]);
    return { result: text.toString('utf8'), shouldReEncrypt: false };
  },
  /** Set by tests that ask what a system without a key store does. */
  getSelectedStorageBackend: () =>
    process.env['ELECTRON_STAND_IN_KEY_STORE'] === 'basic_text' ? 'basic_text' : 'gnome_libsecret',
} satisfies Sealing;

function keyOfApp(): Buffer {
  if (!app.isReady()) throw new Error('safeStorage cannot be used before app is ready');
  const path = join(app.getPath('userData'), 'stand-in.key');
  if (!existsSync(path)) writeFileSync(path, randomBytes(32), { mode: 0o600 });
  return readFileSync(path);
}
