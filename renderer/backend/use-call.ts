import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { Answers, CallInput, CallName } from '#shared/contract/backend-api.ts';
import { useBackend } from './BackendProvider.tsx';
import { CallError } from './queries.ts';

/** A call that changes something, or tests it. What has changed is asked anew: all that is shown, unless `keeps` says so. */
export function useCall<Name extends CallName>(name: Name, { keeps = false }: { readonly keeps?: boolean } = {}) {
  const { client } = useBackend();
  const cache = useQueryClient();
  return useMutation<Answers[Name], Error, CallInput[Name]>({
    mutationFn: async (input) => {
      const result = await client[name](input);
      if (!result.ok) throw new CallError(result.failure);
      return result.value;
    },
    onSuccess: () => {
      // Not waited for: who called closes first, while what it stood on is still there.
      if (!keeps) void cache.invalidateQueries();
    },
  });
}
