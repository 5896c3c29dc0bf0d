import { createNvmlSession } from './nvml-session.ts';
import type { FromNvml, NvmlAnswer, ToNvml } from './nvml-messages.ts';

/**
 * Entry of the process that holds NVML: a wrong structure, a fault of the driver or a call that never comes back ends or
 * stops this process alone. It answers one message with one reading, and ends with the backend.
 */
const read = await openNvml();

process.on('disconnect', () => process.exit(0));
process.on('message', ({ id }: ToNvml) => {
  const answer: FromNvml = { id, ...read() };
  process.send?.(answer);
});

async function openNvml(): Promise<() => NvmlAnswer> {
  try {
    const { loadNvml } = await import('./nvml-library.ts');
    return createNvmlSession(loadNvml(), () => performance.now());
  } catch (error) {
    const message = absenceOf(error);
    return () => ({ kind: 'absent', message });
  }
}

function absenceOf(error: unknown): string {
  const text = error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error);
  if (error instanceof Error && 'code' in error && error.code === 'ERR_MODULE_NOT_FOUND')
    return 'NVML cannot be called: the optional package koffi is not installed.';
  if (/cannot open shared object|no such file|could not be found/i.test(text))
    return 'NVML is not on this machine: the NVIDIA driver brings it.';
  return `NVML cannot be loaded: ${text.slice(0, 200)}.`;
}
