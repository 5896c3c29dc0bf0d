import type { Family, Series, SeriesLabels } from './series.ts';

/** What ipmi_exporter learns from one BMC: the power of the node, W; undefined while DCMI does not answer. */
export type BmcReading = { readonly watts: number | undefined };

/** Six supplies, five of which carry the load, as in a DGX B200. */
const supplies = 6;
const suppliesAtWork = 5;

/** The families of ipmi_exporter 1.8 that matter for power, named as its code names them. */
export const ipmiFamilies: readonly Family<BmcReading>[] = [
  family('ipmi_chassis_power_state', 'Current power state (1=on, 0=off).', [one([], () => 1)]),
  family('ipmi_dcmi_power_consumption_watts', 'Current power consumption in Watts.', [one([], ({ watts }) => watts)]),
  family(
    'ipmi_power_watts',
    'Power reading in Watts.',
    Array.from({ length: supplies }, (_, supply) =>
      one(
        [
          ['id', String(90 + supply)],
          ['name', `PSU${supply} Power In`],
        ],
        ({ watts }) => (watts === undefined || supply >= suppliesAtWork ? 0 : Math.round(watts / suppliesAtWork)),
      ),
    ),
  ),
  family('ipmi_up', "'1' if a scrape of the IPMI device was successful, '0' otherwise.", [
    one([['collector', 'dcmi']], ({ watts }) => (watts === undefined ? 0 : 1)),
    one([['collector', 'ipmi']], () => 1),
  ]),
];

function family(name: string, help: string, series: readonly Omit<Series<BmcReading>, 'name'>[]): Family<BmcReading> {
  return { name, help, type: 'gauge', style: 'integer', series: series.map((each) => ({ name, ...each })) };
}

function one(labels: SeriesLabels, valueOf: Series<BmcReading>['valueOf']): Omit<Series<BmcReading>, 'name'> {
  return { labels, valueOf };
}
