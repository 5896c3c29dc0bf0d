import { parseNvidiaSmiXml } from '../nvidia-smi/parse-nvidia-smi-xml.ts';
import type { NvidiaSmiReport } from '../nvidia-smi/parse-nvidia-smi.ts';
import { driverRead } from '../signals/target-read.ts';
import type { ProbeProblem, ReadInput } from './probe-answer.ts';

/** Reads the saved output of `nvidia-smi -q -x`; of one that breaks off or has text around it, the GPUs that are whole. */
export async function readXml(bytes: Buffer): Promise<ReadInput> {
  const whole = await parseNvidiaSmiXml(bytes, null);
  if (whole.ok) return readInputOf(whole.value, []);
  const problem = { ...whole.failure, line: null };
  const rest = whole.failure.kind === 'no-gpu' ? null : wholeGpusOf(bytes);
  const part = rest === null ? whole : await parseNvidiaSmiXml(rest, null);
  if (part.ok) return { ...readInputOf(part.value, [problem]), valid: false };
  // A machine without GPUs is read in full: there is nothing on it.
  const isEmpty = whole.failure.kind === 'no-gpu';
  return { ...NOTHING, valid: isEmpty, kind: isEmpty ? 'nvidia-smi' : 'unknown', problems: [problem] };
}

const NOTHING = {
  format: 'nvidia-smi-xml',
  samples: 0,
  gpus: [],
  engines: [],
  meters: [],
  reads: [],
} as const;

/**
 * The log up to the last GPU that was written to its end, closed, without text around it; of several, as `--loop` writes
 * them, the newest. Null where there is none.
 */
function wholeGpusOf(bytes: Buffer): Buffer | null {
  const end = bytes.lastIndexOf('</gpu>');
  const start = end === -1 ? -1 : bytes.lastIndexOf('<nvidia_smi_log', end);
  if (start === -1) return null;
  return Buffer.concat([bytes.subarray(start, end), Buffer.from('</gpu></nvidia_smi_log>')]);
}

function readInputOf(report: NvidiaSmiReport, before: readonly ProbeProblem[]): ReadInput {
  const { gpus, silent, problems } = report;
  const ofGpus = [...silent.map((message) => ({ kind: 'silent', message })), ...problems];
  const samples = gpus.map(({ sample }) => sample);
  const nothing = { engines: [], meters: [] };
  return {
    ...nothing,
    valid: true,
    format: 'nvidia-smi-xml',
    samples: gpus.length,
    kind: 'nvidia-smi',
    gpus: samples,
    reads: [driverRead('nvidia-smi', samples)],
    productNames: new Map(gpus.map(({ sample, productName }) => [sample.gpu, productName])),
    migDevices: new Map(gpus.map(({ sample }) => [sample.gpu, sample.migDevices ?? []])),
    problems: [...before, ...ofGpus.map(({ kind, message }) => ({ kind, message, line: null }))],
  };
}
