import { PROBE_FORMATS } from '#backend/sources/probe/probe-answer.ts';
import { BREAKDOWN_DIMENSIONS } from '#shared/contract/backend-api.ts';
import { SNAPSHOT_GRAINS } from '#shared/contract/snapshot-schema.ts';
import { PAPERS } from '#shared/model/report.ts';
import { REPORT_FORMATS } from '#shared/model/report-settings.ts';
import { TOKEN_BASES } from '#shared/model/token-basis.ts';
import { SCOPE_NAMES } from './report-arguments.ts';

/** One option of a command: how it is read, and how it is explained. */
export type OptionHelp = {
  readonly type: 'string' | 'boolean';
  readonly multiple?: boolean;
  /** Name of the value, such as URL; booleans have none. */
  readonly value?: string;
  readonly help: string;
};

export type CommandHelp = {
  readonly summary: string;
  /** What it takes besides options, such as FILE. */
  readonly arguments?: string;
  readonly options: Readonly<Record<string, OptionHelp>>;
  readonly examples: readonly string[];
};

const JSON_OPTION: OptionHelp = { type: 'boolean', help: 'print JSON alone on standard output' };
const DATA_OPTION: OptionHelp = {
  type: 'string',
  value: 'DIR',
  help: 'data folder (default: $TOKENWATT_HOME, else the place of this platform)',
};
const BASIS_OPTION: OptionHelp = {
  type: 'string',
  value: TOKEN_BASES.join('|'),
  help: 'what a token counts (default: billed)',
};

const SNAPSHOT_OPTION: OptionHelp = {
  type: 'string',
  value: 'FILE',
  help: 'ask this snapshot in place of a running Tokenwatt or its data folder',
};

/** Every command with its options: the parser and the help read this one table. */
export const COMMANDS = {
  now: {
    summary: 'what a million tokens costs now, what it is made of, and how much capacity idles',
    options: { json: JSON_OPTION, basis: BASIS_OPTION, data: DATA_OPTION, snapshot: SNAPSHOT_OPTION },
    examples: ['tokenwatt now', 'tokenwatt now --basis output --json'],
  },
  cost: {
    summary: 'cost and idle spend of a window, row by row',
    options: {
      from: { type: 'string', value: 'TIME', help: 'start: ISO 8601 or now-24h, now-7d, now-30m (default: now-24h)' },
      to: { type: 'string', value: 'TIME', help: 'end, exclusive (default: now)' },
      by: { type: 'string', value: BREAKDOWN_DIMENSIONS.join('|'), help: 'one row per each of these (default: model)' },
      json: JSON_OPTION,
      basis: BASIS_OPTION,
      data: DATA_OPTION,
      snapshot: SNAPSHOT_OPTION,
    },
    examples: [
      'tokenwatt cost --by model',
      'tokenwatt cost --from now-7d --by pool',
      'tokenwatt cost --from 2026-11-01T00:00Z --to 2026-12-01T00:00Z --by site --json > november.json',
    ],
  },
  sources: {
    summary: 'what is polled, how fresh it is, and what is wrong with it',
    options: { json: JSON_OPTION, data: DATA_OPTION },
    examples: ['tokenwatt sources', 'tokenwatt sources --json'],
  },
  alerts: {
    summary: 'what is wrong now: open alerts, and what each explains',
    options: { json: JSON_OPTION, data: DATA_OPTION },
    examples: ['tokenwatt alerts', 'tokenwatt alerts --json'],
  },
  serve: {
    summary: 'poll the fleet and show the screens in a browser of this machine',
    options: {
      port: { type: 'string', value: 'N', help: 'port on 127.0.0.1 (default: any free one)' },
      scrape: {
        type: 'string',
        multiple: true,
        value: 'URL',
        help: 'an exporter to poll, such as host:9400; may be repeated',
      },
      discovery: {
        type: 'string',
        multiple: true,
        value: 'URL',
        help: 'a Prometheus HTTP service-discovery document that lists exporters',
      },
      prometheus: {
        type: 'string',
        value: 'URL',
        help: 'a Prometheus-compatible server: polled, or only asked for the past when exporters are named too',
      },
      'local-gpus': { type: 'boolean', help: 'read the GPUs of this machine from the NVIDIA driver' },
      'price-per-gpu-hour': {
        type: 'string',
        value: 'USD',
        help: 'enter one price for every GPU, power included, into the cost book',
      },
      'poll-seconds': { type: 'string', value: 'N', help: 'seconds between polls, 1 to 300 (default: 10)' },
      data: DATA_OPTION,
      memory: {
        type: 'boolean',
        help: 'keep everything in memory and read no settings: the sample fleet unless sources are named',
      },
      sample: { type: 'boolean', help: 'show the sample fleet, in memory, whatever is configured' },
      'no-open': { type: 'boolean', help: 'do not open a browser' },
    },
    examples: [
      'tokenwatt serve',
      'tokenwatt serve --scrape gpu-node-1:9400 --scrape gpu-node-1:8000 --price-per-gpu-hour 2.80',
      'tokenwatt serve --prometheus http://prometheus:9090 --no-open --port 8460',
    ],
  },
  probe: {
    summary: "read files, addresses, hosts or this machine's GPUs as a poll would, and say what is in them",
    arguments: 'FILE|URL|HOST:PORT|local...',
    options: {
      json: { type: 'boolean', help: 'print one JSON object per input, one per line' },
      format: {
        type: 'string',
        value: PROBE_FORMATS.join('|'),
        help: 'how to read them (default: by the ending .prom .txt, .om, .xml, .json; of an address by its type)',
      },
    },
    examples: [
      'tokenwatt probe http://gpu-node-1:9400/metrics http://prometheus:9090 local',
      'curl -s http://engine-1:8000/metrics > engine.prom; tokenwatt probe engine.prom --json',
      'nvidia-smi -q -x > gpus.xml; tokenwatt probe gpus.xml',
    ],
  },
  snapshot: {
    summary:
      'save a window of the fleet into one file; open, describe or check such a file, with no network and no data folder',
    arguments: 'save | open FILE | inspect FILE | verify FILE',
    options: {
      from: { type: 'string', value: 'TIME', help: 'save: start, taken back to its whole hour (default: now-30d)' },
      to: { type: 'string', value: 'TIME', help: 'save: end, exclusive (default: now)' },
      grain: {
        type: 'string',
        value: SNAPSHOT_GRAINS.join('|'),
        help: 'save: the finest facts inside (default: hour)',
      },
      pseudonyms: { type: 'boolean', help: 'save: replace the names of places, GPUs, engines, models and tenants' },
      out: { type: 'string', value: 'FILE', help: 'save: also copy it here (default: only in the data folder)' },
      port: { type: 'string', value: 'N', help: 'open: port on 127.0.0.1 (default: any free one)' },
      'no-open': { type: 'boolean', help: 'open: do not open a browser' },
      json: JSON_OPTION,
      data: DATA_OPTION,
    },
    examples: [
      'tokenwatt snapshot save --from now-7d --out last-week.twsnap',
      'tokenwatt snapshot verify last-week.twsnap; tokenwatt snapshot open last-week.twsnap',
      'tokenwatt cost --snapshot last-week.twsnap --by model --json',
    ],
  },
  report: {
    summary: "write a month's cost report into a folder, in one or several formats, all files or none",
    options: {
      month: {
        type: 'string',
        value: 'YYYY-MM',
        help: 'last, this, or such as 2026-10 (default: last, so that a cron job on the 1st needs no date)',
      },
      format: {
        type: 'string',
        value: 'NAMES',
        help: `one or more of ${REPORT_FORMATS.join(',')} with commas between them (default: pdf,xlsx)`,
      },
      out: { type: 'string', value: 'DIR', help: 'folder for the files, made when it is not there' },
      overwrite: { type: 'boolean', help: 'replace files of the same names (default: refuse, and write nothing)' },
      scope: {
        type: 'string',
        multiple: true,
        value: 'NAME=VALUE',
        help: `a part of the fleet, by ${SCOPE_NAMES.join(', ')}; may be repeated (default: all of it)`,
      },
      zone: { type: 'string', value: 'ZONE', help: 'zone of days and months (default: as set, else the tariff)' },
      locale: { type: 'string', value: 'TAG', help: 'language of numbers and dates (default: as set, else en-US)' },
      paper: { type: 'string', value: PAPERS.join('|'), help: 'paper of pages (default: as set, else A4)' },
      json: JSON_OPTION,
      data: DATA_OPTION,
      snapshot: SNAPSHOT_OPTION,
    },
    examples: [
      'tokenwatt report --out reports',
      'tokenwatt report --month 2026-10 --format pdf,xlsx,csv,json --out reports --json',
      'tokenwatt report --month this --scope model=llama-3.3-70b --out draft --overwrite',
    ],
  },
  export: {
    summary:
      'write the facts of a window as Parquet files into a folder, with what they refer to as JSON, all files or none',
    arguments: 'facts',
    options: {
      from: { type: 'string', value: 'TIME', help: 'start, taken back to its whole hour (default: now-30d)' },
      to: { type: 'string', value: 'TIME', help: 'end, exclusive (default: now)' },
      grain: { type: 'string', value: SNAPSHOT_GRAINS.join('|'), help: 'the finest facts (default: hour)' },
      out: { type: 'string', value: 'DIR', help: 'the folder that files go to' },
      overwrite: { type: 'boolean', help: 'replace files that are there' },
      json: JSON_OPTION,
      data: DATA_OPTION,
      snapshot: SNAPSHOT_OPTION,
    },
    examples: [
      'tokenwatt export facts --from now-7d --out facts',
      'tokenwatt export facts --snapshot last-week.twsnap --out facts --json',
    ],
  },
  secret: {
    summary: 'keep a token, password or key that sources are asked with, read from standard input',
    arguments: 'set NAME | remove NAME | list',
    options: { data: DATA_OPTION },
    examples: ['tokenwatt secret set mimir.token < token.txt', 'tokenwatt secret list'],
  },
  open: {
    summary: 'print (and open) a new link to the running server: each link lets one browser in, within a minute',
    options: { data: DATA_OPTION, 'no-open': { type: 'boolean', help: 'only print the link' } },
    examples: ['tokenwatt open', 'tokenwatt open --no-open'],
  },
  'sample-fleet': {
    summary: 'run the sample fleet alone: exporters and history of an invented fleet, over HTTP',
    options: {
      port: { type: 'string', value: 'N', help: 'port on 127.0.0.1 (default: any free one)' },
      seed: { type: 'string', value: 'N', help: 'which fleet is invented (default: 7)' },
    },
    examples: ['tokenwatt sample-fleet --port 9555', 'tokenwatt serve --discovery http://127.0.0.1:9555/sd'],
  },
} as const satisfies Readonly<Record<string, CommandHelp>>;

export type CommandName = keyof typeof COMMANDS;

export function isCommandName(name: string): name is CommandName {
  return Object.hasOwn(COMMANDS, name);
}
