import { z } from 'zod';
import { configSchema, type Config } from '#backend/config.ts';
import { fail, succeed, type Result } from '#shared/lib/result.ts';
import type { OptionValues, WrongUse } from './option-values.ts';

export type ServeCommand = {
  readonly kind: 'serve';
  readonly port: number;
  readonly data: string | null;
  readonly isInMemory: boolean;
  readonly isSample: boolean;
  readonly opensBrowser: boolean;
  /** The sources named in the arguments, or null when none was: then config.json says. */
  readonly config: Config | null;
  readonly pricePerGpuHour: number | null;
  /** A snapshot that is shown alone. */
  readonly snapshotPath?: string;
};

const wholeNumber = z.coerce.number().int();
const textOptions = z.object({
  port: wholeNumber.min(0).max(65_535).default(0),
  scrape: z.array(z.string()).default([]),
  discovery: z.array(z.string()).default([]),
  prometheus: z.string().optional(),
  'local-gpus': z.boolean().default(false),
  'price-per-gpu-hour': z.coerce.number().positive().max(10_000).optional(),
  'poll-seconds': wholeNumber.min(1).max(300).optional(),
  data: z.string().min(1).optional(),
  memory: z.boolean().default(false),
  sample: z.boolean().default(false),
  'no-open': z.boolean().default(false),
});

type ServeOptions = z.output<typeof textOptions>;

/** Reads the options of `serve`; what the sources may be is the configuration's own schema. */
export function readServe(values: OptionValues): Result<ServeCommand, WrongUse> {
  const parsed = textOptions.safeParse(values);
  if (!parsed.success) return fail({ message: sentenceOf(parsed.error) });
  const options = parsed.data;
  const config = readConfig(options);
  if (!config.ok) return config;
  if (options.sample && config.value !== null) return fail({ message: '--sample goes with no other source' });
  return succeed({
    kind: 'serve',
    port: options.port,
    data: options.data ?? null,
    isInMemory: options.memory || options.sample,
    isSample: options.sample,
    opensBrowser: !options['no-open'],
    config: config.value,
    pricePerGpuHour: options['price-per-gpu-hour'] ?? null,
  });
}

function readConfig(options: ServeOptions): Result<Config | null, WrongUse> {
  const scraped = options.scrape.map(exporterUrl);
  const addresses = [
    ...scraped,
    ...options.discovery,
    ...(options.prometheus === undefined ? [] : [options.prometheus]),
  ];
  const isLocal = options['local-gpus'];
  if (addresses.length === 0 && !isLocal) {
    return options['poll-seconds'] === undefined
      ? succeed(null)
      : fail({ message: '--poll-seconds goes with --scrape, --discovery, --prometheus or --local-gpus' });
  }
  if (addresses.some(hasCredentials))
    return fail({
      message: 'credentials do not belong in an address: arguments are seen by everybody on this machine',
    });
  const parsed = configSchema.safeParse({
    ...(options['poll-seconds'] === undefined ? {} : { pollSeconds: options['poll-seconds'] }),
    sources: [
      ...(scraped.length === 0
        ? []
        : [{ kind: 'scrape', name: 'exporters', targets: scraped.map((url) => ({ url })) }]),
      ...options.discovery.map((url, index) => ({ kind: 'discovery', name: numbered('discovery', index), url })),
      ...prometheusSource(options),
      ...(isLocal ? [{ kind: 'local-gpus', name: 'GPUs of this machine' }] : []),
    ],
  });
  return parsed.success ? succeed(parsed.data) : fail({ message: sentenceOf(parsed.error) });
}

/** Beside exporters that give the present, a server is only asked for the past: nothing may be counted twice. */
function prometheusSource({ prometheus, scrape, discovery }: ServeOptions): readonly object[] {
  if (prometheus === undefined) return [];
  const use = scrape.length + discovery.length > 0 ? 'history' : 'live';
  return [{ kind: 'prometheus', name: 'prometheus', url: prometheus, use }];
}

/** `host:9400` is short for `http://host:9400/metrics`. */
function exporterUrl(text: string): string {
  const withScheme = /^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `http://${text}`;
  if (!URL.canParse(withScheme)) return text;
  const url = new URL(withScheme);
  if (url.pathname === '/') url.pathname = '/metrics';
  return url.href;
}

function hasCredentials(address: string): boolean {
  if (!URL.canParse(address)) return false;
  const { username, password } = new URL(address);
  return username !== '' || password !== '';
}

function numbered(name: string, index: number): string {
  return index === 0 ? name : `${name} ${index + 1}`;
}

function sentenceOf(error: z.ZodError): string {
  return error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; ');
}
