import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useBackend } from '#renderer/backend/BackendProvider.tsx';
import { CallError } from '#renderer/backend/queries.ts';
import type { Topology } from '#shared/model/topology.ts';

/** Saves what the operator says of the fleet. The backend takes it from the next poll on; figures follow. */
export function useSaveTopology() {
  const { client } = useBackend();
  const cache = useQueryClient();
  return useMutation({
    mutationFn: async (topology: Topology) => {
      const result = await client.saveTopology(topology);
      if (!result.ok) throw new CallError(result.failure);
      return result.value;
    },
    onSuccess: () => cache.invalidateQueries(),
  });
}

export type SaveTopology = ReturnType<typeof useSaveTopology>;
