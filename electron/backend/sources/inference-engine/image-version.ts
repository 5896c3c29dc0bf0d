import type { EngineKind } from '#shared/model/inference-engine.ts';

/** Images whose tag is the release of the engine itself, by the path of the repository. */
const IMAGES: Readonly<Partial<Record<EngineKind, RegExp>>> = {
  // Dynamo's runtimes are named after the engine in them and tagged with their own release.
  vllm: /(^|\/)vllm-(openai|cpu|tpu|rocm|neuron)[^/]*$|(^|\/)vllm$/,
  sglang: /(^|\/)sglang$/,
  'tensorrt-llm': /(^|\/)tensorrt-llm(\/release)?$/,
  dynamo: /(^|\/)ai-dynamo\/|(^|\/)dynamo-frontend$/,
  tgi: /(^|\/)text-generation-inference$/,
  'llama.cpp': /(^|\/)llama\.cpp$/,
  lmdeploy: /(^|\/)lmdeploy$/,
  nim: /(^|\/)nim\//,
};

const RELEASE = /^v?(\d+\.\d+(?:\.\d+)*(?:[.-]?(?:rc|post|dev|a|b)\d+)?)(?:[-_.+]|$)/;

/** llama.cpp counts its builds: `server-cuda-b6000`. */
const BUILD = /(?:^|-)(b\d{3,})(?:-|$)/;

/**
 * The version that a container image tells: the release in the tag of the engine's own image, else the image itself, by
 * its name with tag or digest. The latter is no number, yet it changes when the software does.
 */
export function versionOfImage(kind: EngineKind, image: string, imageId: string): string {
  const { repository, tag, digest } = partsOf(image);
  const release = RELEASE.exec(tag)?.[1] ?? BUILD.exec(tag)?.[1];
  if (release !== undefined && IMAGES[kind]?.test(repository) === true) return release;
  const name = repository.split('/').at(-1) ?? repository;
  const isFixed = tag !== '' && tag !== 'latest' && tag !== 'nightly' && tag !== 'main';
  const told = digest === '' ? (/sha256:([0-9a-f]{12})/.exec(imageId)?.[1] ?? '') : digest.slice(0, 12);
  if (isFixed || told === '') return `${name}:${tag === '' ? 'latest' : tag}`;
  return `${name}@${told}`;
}

/** Whether a version is a release, and can be compared with what an engine says of itself. */
export function isRelease(version: string): boolean {
  return RELEASE.test(version) || BUILD.test(version);
}

function partsOf(image: string): { readonly repository: string; readonly tag: string; readonly digest: string } {
  const [name = '', hash = ''] = image.split('@');
  const colon = name.lastIndexOf(':');
  // A colon before a slash belongs to the port of the registry.
  const hasTag = colon > name.lastIndexOf('/');
  return {
    repository: (hasTag ? name.slice(0, colon) : name).toLowerCase(),
    tag: hasTag ? name.slice(colon + 1) : '',
    digest: hash.replace(/^sha256:/, ''),
  };
}
