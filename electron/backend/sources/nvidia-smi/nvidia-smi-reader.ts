import { fail, succeed } from '#shared/lib/result.ts';
import type { LocalGpuReader } from '../local-gpus/local-gpu-reader.ts';
import { parseNvidiaSmi } from './parse-nvidia-smi.ts';
import { createNvidiaSmiRunner, type RunNvidiaSmi } from './run-nvidia-smi.ts';

/** Reads the GPUs of this machine by nvidia-smi: slower than NVML and without energy counters, but nearly everywhere. */
export function createNvidiaSmiReader(node: string, run: RunNvidiaSmi = createNvidiaSmiRunner()): LocalGpuReader {
  return {
    read: async (signal) => {
      const answer = await run(signal);
      if (!answer.ok) return answer;
      const report = parseNvidiaSmi(answer.value, node);
      if (!report.ok) return fail({ kind: 'failed', message: report.failure.message });
      const { gpus, problems, silent, driverVersion } = report.value;
      return succeed({
        from: driverVersion === null ? 'nvidia-smi' : `nvidia-smi, driver ${driverVersion}`,
        gpus: gpus.map(({ sample }) => sample),
        problems,
        note: silent.length === 0 ? null : `${silent.join('; ')}.`,
      });
    },
    close: () => {},
  };
}
