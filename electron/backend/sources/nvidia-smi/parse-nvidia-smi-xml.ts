import { parseStringPromise } from 'xml2js';
import { fail, type Result } from '#shared/lib/result.ts';
import { safeText } from '../http/safe-text.ts';
import { parseNvidiaSmi, type NvidiaSmiFailure, type NvidiaSmiReport } from './parse-nvidia-smi.ts';
import { guardedXml, type XmlFailure } from './xml-guard.ts';

/** Reads the saved output of `nvidia-smi -q -x`, which may come from anywhere: see `xml-guard.ts` for what is refused. */
export async function parseNvidiaSmiXml(
  bytes: Uint8Array,
  node: string | null,
): Promise<Result<NvidiaSmiReport, NvidiaSmiFailure | XmlFailure>> {
  const text = guardedXml(bytes);
  if (!text.ok) return text;
  let tree: unknown;
  try {
    // As node-nvidia-smi does, so that both ways give the same tree.
    tree = await parseStringPromise(text.value, { explicitArray: false, trim: true });
  } catch (error) {
    const said = error instanceof Error ? error.message.split('\n')[0] : String(error);
    return fail({ kind: 'not-xml', message: `The XML cannot be read: ${safeText(said ?? '', [])}` });
  }
  return parseNvidiaSmi(tree, node);
}
