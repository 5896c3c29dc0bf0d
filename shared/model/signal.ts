/**
 * `found`: read under its own name. `renamed`: read under a name of another release. `absent`: not there, or there
 * without a believable value. `stale`: there, but of a time too long ago to speak for the present.
 */
export type SignalState = 'found' | 'renamed' | 'absent' | 'stale';

/** One thing that Tokenwatt reads of a GPU, an engine or a meter, and whether a source tells it. */
export type Signal = {
  /** Stable over releases, for scripts: `gpu-energy`. */
  readonly name: string;
  /** For people: `GPU energy`. */
  readonly label: string;
  readonly state: SignalState;
  /** How many of the group tell it; of power, how many modules, nodes or meters. */
  readonly heard: number;
  /** Where it is read: a metric, an element, an address; null where it is not, or not from one place. */
  readonly from: string | null;
  /** What it is good for, or what stands in for it; null where the state says enough. */
  readonly note: string | null;
  /** What to do about a gap; null where there is none, or nothing can be done. */
  readonly next: SignalStep | null;
};

/** A next step in words, with a command or a setting to copy where there is one. */
export type SignalStep = { readonly text: string; readonly copy: string | null };

/** The signals of all GPUs, of all engines of one kind, or of all meters that a source tells of. */
export type SignalGroup = {
  readonly of: 'gpu' | 'engine' | 'power';
  /** What they are, for people: `NVIDIA B200`, `vllm`. */
  readonly name: string;
  /** How many GPUs, engines or nodes there are. */
  readonly count: number;
  readonly signals: readonly Signal[];
};
