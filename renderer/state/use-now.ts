import { useEffect, useState } from 'react';
import { useBackend } from '#renderer/backend/BackendProvider.tsx';
import type { EpochMs } from '#shared/time/instant.ts';

/** The present by the backend's clock, renewed each second: for ages, which grow without any news. */
export function useNow(): EpochMs {
  const { clock } = useBackend();
  const [now, setNow] = useState(clock.now);
  useEffect(() => {
    const timer = setInterval(() => setNow(clock.now()), 1000);
    return () => clearInterval(timer);
  }, [clock]);
  return now;
}
