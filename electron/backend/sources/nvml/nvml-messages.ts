import type { LocalGpu } from '../local-gpus/believable-gpu.ts';

/** What the backend asks of the NVML process: one reading of every GPU. */
export type ToNvml = { readonly kind: 'read'; readonly id: number };

export type FromNvml = { readonly id: number } & NvmlAnswer;

export type NvmlAnswer =
  | {
      readonly kind: 'reading';
      readonly cudaVersion: string | null;
      readonly driverVersion: string | null;
      readonly gpus: readonly NvmlGpu[];
      /** GPUs that are listed and cannot be read, one sentence each. */
      readonly silent: readonly string[];
    }
  /** The process has nothing more to give: it is ended, and started again later. */
  | { readonly kind: 'absent' | 'failed'; readonly message: string };

/** One GPU in base units. */
export type NvmlGpu = Omit<LocalGpu, 'node' | 'origin'> & {
  /** Power and energy are metered for GPU and CPU together: they are not the GPU's, and its own stand as null here. */
  readonly isModuleOnly: boolean;
};
