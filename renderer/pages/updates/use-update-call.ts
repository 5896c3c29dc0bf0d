import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useBackend } from '#renderer/backend/BackendProvider.tsx';
import { CallError } from '#renderer/backend/queries.ts';
import type { CallInput } from '#shared/contract/backend-api.ts';

/** A call by which an operator says something of updates; what is shown of them is asked for again. */
export function useUpdateCall<Name extends 'markUpdate' | 'tagUpdate'>(name: Name) {
  const { client } = useBackend();
  const queries = useQueryClient();
  return useMutation({
    mutationFn: async (input: CallInput[Name]) => {
      const result = await client[name](input);
      if (!result.ok) throw new CallError(result.failure);
      return result.value;
    },
    onSuccess: async () => {
      await Promise.all([
        queries.invalidateQueries({ queryKey: ['updates'] }),
        queries.invalidateQueries({ queryKey: ['update'] }),
      ]);
    },
  });
}
