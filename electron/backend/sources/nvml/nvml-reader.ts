import { fail, succeed, type Result } from '#shared/lib/result.ts';
import { believableGpu } from '../local-gpus/believable-gpu.ts';
import type { LocalGpuFailure, LocalGpuReader, LocalGpuReading } from '../local-gpus/local-gpu-reader.ts';
import { createProblemList } from '../read-value.ts';
import { createNvmlProcess, type NvmlProcessOptions } from './nvml-process.ts';
import type { NvmlAnswer } from './nvml-messages.ts';

type Reading = Extract<NvmlAnswer, { readonly kind: 'reading' }>;

/** Reads the GPUs of this machine by NVML, in a process of its own: energy counters included, a few ms for 8 GPUs. */
export function createNvmlReader({ node, ...options }: NvmlProcessOptions & { readonly node: string }): LocalGpuReader {
  const nvml = createNvmlProcess(options);
  return {
    read: async (signal) => {
      const answer = await nvml.ask(signal);
      return answer.ok ? readingOf(answer.value, node) : answer;
    },
    close: () => nvml.close(),
  };
}

function readingOf(answer: Reading, node: string): Result<LocalGpuReading, LocalGpuFailure> {
  const problems = createProblemList();
  const { driverVersion, cudaVersion, silent, gpus } = answer;
  if (gpus.length === 0) {
    const why = silent.length === 0 ? 'it lists no GPU' : silent.join('; ');
    return fail({ kind: 'failed', message: `NVML gives no reading: ${why}.` });
  }
  const notes = [
    ...silent,
    ...gpus
      .filter((gpu) => gpu.isModuleOnly)
      .map((gpu) => `GPU ${gpu.index} meters its power with the CPU's only: it is not used as the GPU's`),
  ];
  const versions = [
    ...(driverVersion === null ? [] : [`driver ${driverVersion}`]),
    ...(cudaVersion === null ? [] : [`CUDA ${cudaVersion}`]),
  ];
  return succeed({
    from: ['NVML', ...versions].join(', '),
    gpus: gpus.map((gpu) => believableGpu({ ...gpu, node, origin: 'nvml' }, problems)),
    problems: problems.all(),
    note: notes.length === 0 ? null : `${notes.join('; ')}.`,
  });
}
