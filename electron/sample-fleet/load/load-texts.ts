import { epochMs } from '#shared/time/instant.ts';

import { scrapeTargetsOf } from '../exporters/scrape-targets.ts';
import { keyOf } from '../world/chance.ts';
import { createWorld } from '../world/world.ts';
import type { Slot } from './digits.ts';
import { loadFields, type LoadField } from './load-fields.ts';

/** A rendered scrape whose moving digits are written anew per request. */
export type LoadText = { readonly template: Buffer; readonly slots: readonly Slot[] };

export function nodeName(target: number): string {
  return `load-${String(target).padStart(4, '0')}`;
}

/** The exporter text of one node with so many GPUs. */
export function nodeText(target: number, gpus: number): LoadText {
  const labels = Array.from({ length: gpus }, (_, gpu) => gpuLabels(target, gpu));
  const slots: Slot[] = [];
  let text = '';
  for (const [place, field] of loadFields.entries()) {
    text += `# HELP ${field.name} Load fleet\n# TYPE ${field.name} ${field.type}\n`;
    for (const [gpu, labelText] of labels.entries()) {
      text += `${field.name}${labelText} `;
      const slot = slotOf(field, text.length, keyOf(place, `${target}/${gpu}`));
      if (slot !== undefined) slots.push(slot);
      text += `${field.pattern.replaceAll('#', '0')}\n`;
    }
  }
  return { template: Buffer.from(text, 'latin1'), slots };
}

function slotOf({ pattern, valueAt }: LoadField, start: number, key: number): Slot | undefined {
  const first = pattern.indexOf('#');
  if (first < 0) return undefined;
  const digits = pattern.split('#').length - 1;
  const point = pattern.indexOf('.', first);
  const slot = {
    offset: start + first,
    digits,
    valueAt: (seconds: number, tick: number) => valueAt(key, seconds, tick),
  };
  return point < 0 ? slot : { ...slot, pointAfter: point - first };
}

function gpuLabels(target: number, gpu: number): string {
  const serial = `${String(target).padStart(4, '0')}-${String(gpu).padStart(12, '0')}`;
  const bus = `0000${(gpu >> 3).toString(16).padStart(4, '0').toUpperCase()}:${(16 + (gpu & 7)).toString(16)}:00.0`;
  const node = nodeName(target);
  return (
    `{gpu="${gpu}",UUID="GPU-10ad0000-f1ee-4000-${serial}",pci_bus_id="${bus}",device="nvidia${gpu}",` +
    `modelName="NVIDIA B200",Hostname="${node}",DCGM_FI_DRIVER_VERSION="580.105.08",` +
    `container="vllm",namespace="inference",pod="${node}-engine"}`
  );
}

/** Digits behind `0.` and before `e+12`: a whole number below 1e12 in exponent form, as Python writes large counts. */
const engineDigits = 12;

/** The vLLM text of any engine of the load fleet: a real scrape of the sample fleet whose counters move. */
export function engineText(): LoadText {
  const anchor = epochMs(Date.UTC(2026, 0, 1));
  const target = scrapeTargetsOf(createWorld({ seed: 7, anchor })).find(({ labels }) => labels['job'] === 'vllm');
  const lines = (target?.textAt(anchor) ?? '').trimEnd().split('\n');
  const most = Math.max(...lines.map(countOf));
  const slots: Slot[] = [];
  let text = '';
  for (const line of lines) {
    const share = countOf(line) / most;
    if (share > 0) {
      text += `${line.slice(0, line.lastIndexOf(' '))} 0.`;
      slots.push({ offset: text.length, digits: engineDigits, valueAt: (seconds) => engineCount(share, seconds) });
      text += `${'0'.repeat(engineDigits)}e+12\n`;
    } else text += `${line}\n`;
  }
  return { template: Buffer.from(text, 'latin1'), slots };
}

/** The count on a line of a counter or histogram; 0 for every other line. */
function countOf(line: string): number {
  if (!/^vllm:\w+_(total|bucket|count|sum)[ {]/.test(line)) return 0;
  return Number(line.slice(line.lastIndexOf(' ') + 1));
}

/** Every count keeps its share of the largest, so parts add up and buckets stay in order. */
function engineCount(share: number, seconds: number): number {
  return Math.floor(share * (5e9 + 100_000 * seconds));
}
