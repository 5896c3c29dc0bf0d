import { readFileSync } from 'node:fs';

/** Ticks of the CPU times in /proc, per second: 100 on every Linux that Node runs on (proc(5), sysconf(_SC_CLK_TCK)). */
const TICKS_PER_SECOND = 100;

const USER_TIME = 11;
const SYSTEM_TIME = 12;

/** CPU seconds that a process has used since it started, all its threads together. */
export function cpuSecondsOf(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  // The program's name stands in parentheses and may hold blanks: fields are counted from behind it.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[USER_TIME]) + Number(fields[SYSTEM_TIME])) / TICKS_PER_SECOND;
}

/** Resident memory of a process in MB, now and at its highest. */
export function memoryOf(pid: number): { readonly resident: number; readonly peak: number } {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const megabytes = (field: string) =>
    (Number(new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(status)?.[1]) * 1024) / 1e6;
  return { resident: megabytes('VmRSS'), peak: megabytes('VmHWM') };
}
