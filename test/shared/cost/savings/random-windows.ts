import { stratumOf } from '#shared/cost/savings/stratum.ts';
import type { WorkWindow } from '#shared/cost/savings/work-window.ts';
import { epochMs } from '#shared/time/instant.ts';
import { createRandom } from '../../../backend/store/store-facts.ts';

export type WindowOptions = {
  readonly fromDay?: number;
  readonly days: number;
  /** GPU time per token is this many times that of the software before. */
  readonly factor?: number;
  /** Requests in flight per GPU, about which a day's load swings. */
  readonly load?: number;
  /** Power of load that throughput per GPU rises with. */
  readonly scaling?: number;
  readonly perDay?: number;
};

const GPUS = 8;
const SECONDS = 300;

/**
 * Windows of a deployment of eight GPUs whose throughput per GPU rises with load, as batching engines' does: by day the load
 * swings about twofold either way. Without another factor or seed, nothing but the load differs.
 */
export function randomWindows(
  seed: number,
  { fromDay = 1, days, factor = 1, load = 8, scaling = 0.7, perDay = 96 }: WindowOptions,
): WorkWindow[] {
  const random = createRandom(seed);
  return Array.from({ length: days * perDay }, (_, index): WorkWindow => {
    const day = fromDay + Math.floor(index / perDay);
    const swing = Math.sin(((index % perDay) / perDay) * 2 * Math.PI) + (random.next() - 0.5);
    const concurrency = load * 2 ** swing;
    const gpuSeconds = GPUS * SECONDS;
    const perGpuSecond = (400 * concurrency ** scaling * (1 + 0.04 * (random.next() - 0.5))) / factor;
    const conditions = { inputTokensPerRequest: 1500, outputTokensPerRequest: 300, cacheHitRate: 0.3 };
    return {
      start: epochMs(Date.UTC(2026, 0, day) + (index % perDay) * (86_400_000 / perDay)),
      day: `d${day}`,
      stratum: stratumOf({
        model: 'llama',
        sku: 'B200',
        precision: null,
        recipe: null,
        concurrencyPerGpu: concurrency,
        ...conditions,
        powerClass: null,
      }),
      gpuSeconds,
      joules: gpuSeconds * (500 + 20 * concurrency),
      weightedTokens: perGpuSecond * gpuSeconds,
      requestSeconds: concurrency * gpuSeconds,
      ...conditions,
    };
  });
}
