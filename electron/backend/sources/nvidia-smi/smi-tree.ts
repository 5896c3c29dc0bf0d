/** A part of nvidia-smi's answer as xml2js gives it: an element is its text, or an object of elements, or a list of either. */
export type SmiNode = unknown;

/** The elements under a path, as a list: none, one and several look alike afterwards. */
export function elementsAt(node: SmiNode, path: string): readonly SmiNode[] {
  let nodes: readonly SmiNode[] = [node];
  for (const name of path.split('/')) nodes = nodes.flatMap((parent) => childrenOf(parent, name));
  return nodes;
}

/** The text of the first element under a path, or null where there is none or it holds elements. */
export function textAt(node: SmiNode, path: string): string | null {
  const [first] = elementsAt(node, path);
  if (typeof first === 'string') return first.trim();
  // With attributes, xml2js keeps the text under `_`.
  return isRecord(first) && Object.hasOwn(first, '_') ? textAt(first, '_') : null;
}

/** An attribute of an element, or null. */
export function attributeOf(node: SmiNode, name: string): string | null {
  return textAt(node, `$/${name}`);
}

function childrenOf(parent: SmiNode, name: string): readonly SmiNode[] {
  if (!isRecord(parent) || !Object.hasOwn(parent, name)) return [];
  const child = parent[name];
  return Array.isArray(child) ? child : [child];
}

function isRecord(node: unknown): node is Readonly<Record<string, unknown>> {
  return typeof node === 'object' && node !== null && !Array.isArray(node);
}
