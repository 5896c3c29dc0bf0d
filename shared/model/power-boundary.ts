/**
 * What a meter covers, from the narrowest layer to the widest: the CPU sockets of a node (Grace with its memory), the
 * superchip modules of a node (GPUs, CPU, memory), the whole node, a rack with its switches and power shelves, and what
 * the facility pays for at the wall. A wider layer holds the narrower ones: of one node they are never added.
 */
export const METER_BOUNDARIES = ['cpu', 'module', 'node', 'rack', 'wall'] as const;

export type MeterBoundary = (typeof METER_BOUNDARIES)[number];

/** What the energy of a GPU rests on: the meters above, or its own board where no meter covers it. */
export type PowerBoundary = MeterBoundary | 'board';

/** A series of a meter without a standard name, such as a PDU's, as the operator describes it. */
export type MeterMapping = {
  /** Name of the metric on the wire. */
  readonly metric: string;
  /** Labels that a series must have, with these very values. */
  readonly labels: Readonly<Record<string, string>>;
  readonly boundary: 'node' | 'rack' | 'wall';
  /** What the meter stands for. A wall meter may be that of a node or of a rack; the others say it themselves. */
  readonly place: 'node' | 'rack';
  /** The label whose value names the node or rack. Several series, or targets, that name one place add to it. */
  readonly placeLabel: string;
  /** `power`: a gauge, W after scaling. `energy`: a counter, J after scaling. */
  readonly quantity: 'power' | 'energy';
  /** Factor to the base unit: 1000 for kW, 3.6e6 for kWh. */
  readonly scale: number;
};
