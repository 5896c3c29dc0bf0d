import type { Result } from '#shared/lib/result.ts';
import type { GpuSample, SampleProblem } from '#shared/model/sample.ts';

/** One way to ask the driver of this machine for its GPUs. One reading is in flight at most; none ever hangs or throws. */
export type LocalGpuReader = {
  read(signal: AbortSignal): Promise<Result<LocalGpuReading, LocalGpuFailure>>;
  close(): void;
};

export type LocalGpuReading = {
  /** Which way it came, for people: `NVML 13.580, driver 580.65`. */
  readonly from: string;
  readonly gpus: readonly GpuSample[];
  readonly problems: readonly SampleProblem[];
  /** What people should know although the reading is good, such as a GPU that is lost; null when nothing. */
  readonly note: string | null;
};

/** `absent`: this way does not exist on this machine. `failed`: it exists, and gave nothing this time. */
export type LocalGpuFailure = { readonly kind: 'absent' | 'failed'; readonly message: string };
