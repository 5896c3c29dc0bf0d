/** One sample line of Prometheus text. */
export type SampleLine = {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
};

const sampleShape = /^([a-zA-Z_:][\w:]*)(?:\{((?:\w+="[^"\\]*",?)*)\})? (\S+)$/;

/** Reads a text strictly: throws on any line that is neither HELP, TYPE nor a sample with a number. */
export function sampleLines(text: string): readonly SampleLine[] {
  return text
    .trimEnd()
    .split('\n')
    .filter((line) => !/^# (HELP|TYPE) \S+ \S/.test(line))
    .map((line) => {
      const [matched, name = '', labels = '', value = ''] = sampleShape.exec(line) ?? [];
      if (matched === undefined || Number.isNaN(Number(value))) throw new Error(`not a sample: ${line}`);
      const pairs = [...labels.matchAll(/(\w+)="([^"]*)"/g)].map(([, label, text]) => [label, text]);
      return { name, labels: Object.fromEntries(pairs), value: Number(value) };
    });
}

/** The name and labels of a sample in an order that does not depend on the writer. */
export function identityOf(name: string, labels: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(labels).toSorted(([left], [right]) => (left < right ? -1 : 1));
  return `${name}${JSON.stringify(pairs)}`;
}

/** Values by identity. */
export function valuesOf(text: string): ReadonlyMap<string, number> {
  return new Map(sampleLines(text).map(({ name, labels, value }) => [identityOf(name, labels), value]));
}
