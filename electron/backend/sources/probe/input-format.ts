import type { ProbeFormat } from './probe-answer.ts';

const SNIFFED_BYTES = 2048;

const BY_ENDING: Readonly<Record<string, ProbeFormat>> = {
  om: 'openmetrics',
  prom: 'prometheus-text',
  txt: 'prometheus-text',
  xml: 'nvidia-smi-xml',
  json: 'prometheus-api',
};

/** The grammar of a file: by its ending, and where that says nothing by how it begins and ends. */
export function formatOfFile(path: string, bytes: Buffer): ProbeFormat {
  const ending = /\.([a-z]+)$/i.exec(path)?.[1]?.toLowerCase() ?? '';
  const byEnding = Object.hasOwn(BY_ENDING, ending) ? BY_ENDING[ending] : undefined;
  return byEnding ?? formatOfContent(bytes);
}

function formatOfContent(bytes: Buffer): ProbeFormat {
  const start = bytes.subarray(0, SNIFFED_BYTES).toString('utf8');
  if (isXml(start)) return 'nvidia-smi-xml';
  // A quoted metric name may also stand behind the brace: only a key and a colon make it JSON.
  if (/^\s*[{[]\s*("[^"]*"\s*:|\{)/.test(start)) return 'prometheus-api';
  return /# EOF\r?\n?$/.test(bytes.subarray(-16).toString('latin1')) ? 'openmetrics' : 'prometheus-text';
}

/** How the output of `nvidia-smi -q -x` begins. */
export function isXml(start: string): boolean {
  return /^\s*<(\?xml|nvidia_smi_log|!DOCTYPE nvidia)/.test(start);
}

/** What people save in place of metrics, and what they meant to save. Null where the text is not one of these. */
export function mistakenFor(bytes: Buffer): { readonly kind: string | null; readonly message: string } | null {
  const start = bytes.subarray(0, 64 * 1024).toString('utf8');
  if (NVIDIA_SMI_TEXT.test(start)) {
    return {
      kind: 'nvidia-smi',
      message:
        'This is the text of nvidia-smi for people: save `nvidia-smi -q -x > gpus.xml`, which holds the same as XML',
    };
  }
  if (isXml(start)) {
    return { kind: null, message: 'This is XML: read it with --format nvidia-smi-xml, or name the file .xml' };
  }
  if (/^\s*<(!doctype html|html|head|body)/i.test(start)) {
    return {
      kind: null,
      message: 'This is an HTML page: is there a login or a proxy in between, or is the path wrong?',
    };
  }
  if (/^\s*[{[]\s*"status"\s*:/.test(start)) {
    return { kind: null, message: 'This is JSON: read it with --format prometheus-api, or name the file .json' };
  }
  return null;
}

/** Heads of `nvidia-smi`, of `-q`, of `-L`, of `--version` and of `dmon`. Source: the H200 capture, driver 590.48. */
const NVIDIA_SMI_TEXT =
  /NVSMI LOG=|^\| NVIDIA-SMI \d|^GPU \d+: .+\(UUID: (GPU|MIG)-|^NVIDIA-SMI version\s+:|^# gpu\s+(pwr|sm|pid)/m;
