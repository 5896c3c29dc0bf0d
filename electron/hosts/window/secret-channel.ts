import { randomUUID } from 'node:crypto';
import type { Secrets } from '#backend/secrets/secrets.ts';

/** A question of the backend to the keeper of secrets in the main process, and its answer. */
export type SecretsQuestion = {
  readonly kind: 'ask-secrets';
  readonly id: string;
  readonly call: keyof Secrets;
  readonly arguments: readonly string[];
};

export type SecretsAnswer = { readonly kind: 'secrets'; readonly id: string; readonly answer: unknown };

const CALLS: readonly string[] = ['get', 'set', 'remove', 'names', 'keeping'] satisfies readonly (keyof Secrets)[];

export function isSecretsQuestion(message: object): message is SecretsQuestion {
  const { kind, id, call, arguments: list } = message as { readonly [Key in keyof SecretsQuestion]?: unknown };
  if (kind !== 'ask-secrets' || typeof id !== 'string' || typeof call !== 'string') return false;
  return CALLS.includes(call) && Array.isArray(list) && list.every((one) => typeof one === 'string');
}

/** Asks the keeper on the backend's behalf. */
export async function answerSecrets(secrets: Secrets, question: SecretsQuestion): Promise<SecretsAnswer> {
  const [name = '', value = ''] = question.arguments;
  const ask = (): Promise<unknown> => {
    switch (question.call) {
      case 'get':
        return secrets.get(name);
      case 'set':
        return secrets.set(name, value);
      case 'remove':
        return secrets.remove(name);
      case 'names':
        return secrets.names();
      case 'keeping':
        return secrets.keeping();
    }
  };
  return { kind: 'secrets', id: question.id, answer: await ask() };
}

/** The keeper as the backend's process sees it: each call is a question to the main process. */
export function createSecretsOverChannel(ask: (question: SecretsQuestion) => void): {
  readonly secrets: Secrets;
  readonly hear: (answer: SecretsAnswer) => void;
} {
  const waiting = new Map<string, (answer: unknown) => void>();
  const asked = (call: keyof Secrets, ...list: readonly string[]): Promise<never> =>
    new Promise((resolve) => {
      const id = randomUUID();
      // The main process is ours and answers by the same table: what comes back has the type of the call.
      waiting.set(id, resolve as (answer: unknown) => void);
      ask({ kind: 'ask-secrets', id, call, arguments: list });
    });
  return {
    secrets: {
      get: (name) => asked('get', name),
      set: (name, value) => asked('set', name, value),
      remove: (name) => asked('remove', name),
      names: () => asked('names'),
      keeping: () => asked('keeping'),
    },
    hear: ({ id, answer }) => {
      waiting.get(id)?.(answer);
      waiting.delete(id);
    },
  };
}
