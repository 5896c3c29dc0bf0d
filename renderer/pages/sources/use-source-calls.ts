import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useBackend } from '#renderer/backend/BackendProvider.tsx';
import { CallError } from '#renderer/backend/queries.ts';
import type { Answers, CallInput } from '#shared/contract/backend-api.ts';

type Changing = 'testSource' | 'connectSource' | 'changeSource' | 'removeSource' | 'openFile';

/** A call that tests or changes sources. All that is shown of them is asked anew when it has changed something. */
export function useSourceCall<Name extends Changing>(name: Name) {
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
      if (name !== 'testSource' && name !== 'openFile') void cache.invalidateQueries();
    },
  });
}
