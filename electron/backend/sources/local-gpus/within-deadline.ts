/** Waits for `work` until it is late or no longer wanted; it goes on by itself then. Leaves no timer and no listener. */
export async function withinDeadline<Value>(
  work: Promise<Value>,
  { ms, signal }: { readonly ms: number; readonly signal: AbortSignal },
): Promise<Value | 'late' | 'aborted'> {
  const ended = Promise.withResolvers<'late' | 'aborted'>();
  const timer = setTimeout(() => ended.resolve('late'), ms);
  const abort = (): void => ended.resolve('aborted');
  if (signal.aborted) abort();
  signal.addEventListener('abort', abort);
  try {
    return await Promise.race([work, ended.promise]);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', abort);
  }
}
