import { useQuery } from '@tanstack/react-query';
import { useBackend } from './BackendProvider.tsx';

/** Whether a snapshot is shown, which has no sources and is not watched. False until the backend has answered. */
export function useIsSnapshot(): boolean {
  const { queries } = useBackend();
  const { data } = useQuery(queries.capabilities());
  return data !== undefined && data.snapshot !== null;
}
