/** Fields as dcgm-exporter names them; the rest up to FAMILIES are fields of the same shape under made-up numbers. */
const FIELDS = [
  'DCGM_FI_DEV_SM_CLOCK',
  'DCGM_FI_DEV_MEM_CLOCK',
  'DCGM_FI_DEV_MEMORY_TEMP',
  'DCGM_FI_DEV_GPU_TEMP',
  'DCGM_FI_DEV_POWER_USAGE',
  'DCGM_FI_DEV_TOTAL_ENERGY_CONSUMPTION',
  'DCGM_FI_DEV_PCIE_REPLAY_COUNTER',
  'DCGM_FI_DEV_GPU_UTIL',
  'DCGM_FI_DEV_MEM_COPY_UTIL',
  'DCGM_FI_DEV_XID_ERRORS',
  'DCGM_FI_DEV_FB_FREE',
  'DCGM_FI_DEV_FB_USED',
  'DCGM_FI_PROF_GR_ENGINE_ACTIVE',
  'DCGM_FI_PROF_SM_ACTIVE',
  'DCGM_FI_PROF_PIPE_TENSOR_ACTIVE',
  'DCGM_FI_PROF_DRAM_ACTIVE',
];
const FAMILIES = 60;
const COUNTERS: ReadonlySet<number> = new Set([5, 6, 9, 20, 21, 22, 23, 24, 25, 26, 27]);

/** A body as dcgm-exporter writes it, of about `bytes` bytes; two polls of one size differ in their values only. */
export function dcgmBody(bytes: number, poll: number): Buffer {
  const gpus = Math.max(1, Math.round(bytes / (FAMILIES * 297)));
  const labels = Array.from({ length: gpus }, (_, gpu) => labelsOf(gpu));
  const lines: string[] = [];
  for (let family = 0; family < FAMILIES; family++) {
    const name = FIELDS[family] ?? `DCGM_FI_DEV_FIELD_${1000 + family}`;
    lines.push(`# HELP ${name} What the field holds (in its unit).`);
    lines.push(`# TYPE ${name} ${COUNTERS.has(family) ? 'counter' : 'gauge'}`);
    for (let gpu = 0; gpu < gpus; gpu++) lines.push(`${name}{${labels[gpu]}} ${valueOf(family, gpu, poll)}`);
  }
  return Buffer.from(`${lines.join('\n')}\n`);
}

function labelsOf(gpu: number): string {
  const node = Math.floor(gpu / 8);
  const slot = gpu % 8;
  const hex = (gpu * 2_654_435_761).toString(16).padStart(12, '0').slice(-12);
  const own =
    `gpu="${slot}",UUID="GPU-c8edd83a-7dc2-4667-5639-${hex}",pci_bus_id="0000000${slot}:06:00.0",` +
    `device="nvidia${slot}",modelName="NVIDIA H100 80GB HBM3",Hostname="gpu-${node}.fleet.example",` +
    `DCGM_FI_DRIVER_VERSION="580.105.08"`;
  // One in eight GPUs belongs to nobody, and then the exporter leaves the pod out.
  return slot === 7 ? own : `${own},container="engine",namespace="serving",pod="decode-7d9f4b7c58-${hex.slice(-5)}"`;
}

/** Integers, decimals with six places, large counters and plain zeros, as a busy exporter sends them. */
function valueOf(family: number, gpu: number, poll: number): string {
  const step = (gpu * 7919 + family * 104_729 + poll * 15_485_863) % 1_000_003;
  if (COUNTERS.has(family)) return family === 5 ? String(10_000_000_000 + gpu * 1_000_003 + poll * 7_000_000) : '0';
  if (family < 4 || family % 3 === 0) return String(step % 4000);
  return family % 3 === 1 ? (step / 1000).toFixed(6) : (step / 1_000_003).toFixed(6);
}
