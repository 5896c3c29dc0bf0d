/** Goes on to where the reader wanted to go. */
type Proceed = () => void;

type Guard = (proceed: Proceed) => void;

let guard: Guard | null = null;

/** A page that holds something unsaved asks before it is left; there is one page, so there is one guard. */
export function setLeaveGuard(next: Guard | null): void {
  guard = next;
}

/** Leaves the page: at once, or when its guard lets go. Whether somebody is asked. */
export function leaveWith(proceed: Proceed): boolean {
  if (guard === null) {
    proceed();
    return false;
  }
  guard(proceed);
  return true;
}
