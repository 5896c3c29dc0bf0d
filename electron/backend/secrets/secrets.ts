import type { Result } from '#shared/lib/result.ts';

/**
 * Where credentials are kept. Values go in by `set` and come out by `get` alone, and only to be sent to the server they
 * are for. Failures are sentences without the value in them.
 */
export type Secrets = {
  /** The value; null where there is none of this name. */
  get(name: string): Promise<Result<string | null, string>>;
  set(name: string, value: string): Promise<Result<void, string>>;
  remove(name: string): Promise<Result<void, string>>;
  /** Names in alphabetical order, never values. */
  names(): Promise<Result<readonly string[], string>>;
  /** Where a value that is set now goes. */
  keeping(): Promise<SecretKeeping>;
};

/** `isLasting`: still there after a restart. `note` is a sentence for the person who is about to enter a secret. */
export type SecretKeeping = {
  readonly kind: 'key-store' | 'file' | 'memory';
  readonly isLasting: boolean;
  readonly note: string;
};
