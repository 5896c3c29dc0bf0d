import { useEffect, useState } from 'react';
import { setLeaveGuard } from './leave-guard.ts';

export type LeaveQuestion = {
  /** Whether the reader is on the way out and has to be asked. */
  readonly asks: boolean;
  /** Goes on to where the reader wanted to go. */
  readonly proceed: () => void;
  readonly stay: () => void;
};

/** Holds the reader on the page while something on it is not saved: for other pages, and for closing the window. */
export function useLeaveGuard(isHeld: boolean): LeaveQuestion {
  const [wanted, setWanted] = useState<(() => void) | null>(null);
  useEffect(() => {
    if (!isHeld) return;
    const onClose = (event: BeforeUnloadEvent): void => event.preventDefault();
    setLeaveGuard((proceed) => setWanted(() => proceed));
    window.addEventListener('beforeunload', onClose);
    return () => {
      setLeaveGuard(null);
      window.removeEventListener('beforeunload', onClose);
    };
  }, [isHeld]);
  return {
    asks: wanted !== null,
    proceed: () => {
      setLeaveGuard(null);
      setWanted(null);
      wanted?.();
    },
    stay: () => setWanted(null),
  };
}
