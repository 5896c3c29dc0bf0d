/** How an exporter spells a number: `integer` and `six` (decimals) as DCGM's does, `python` as the Python client does. */
export type NumberStyle = 'integer' | 'six' | 'python';

export type SeriesLabels = readonly (readonly [name: string, value: string])[];

/** One series an exporter may write; it is left out of the text where it has no value. */
export type Series<Reading> = {
  readonly name: string;
  readonly labels: SeriesLabels;
  readonly valueOf: (reading: Reading) => number | undefined;
};

/** Series under one HELP and TYPE line. */
export type Family<Reading> = {
  readonly name: string;
  readonly type: 'counter' | 'gauge' | 'histogram';
  readonly help: string;
  readonly style: NumberStyle;
  readonly series: readonly Series<Reading>[];
};

/** Writes what an exporter answers: one function made once, then called per scrape. */
export function createExposition<Reading>(families: readonly Family<Reading>[]): (reading: Reading) => string {
  const prepared = families.map((family) => ({
    head: `# HELP ${family.name} ${family.help}\n# TYPE ${family.name} ${family.type}\n`,
    style: family.style,
    lines: family.series.map((series) => ({ start: `${series.name}${labelText(series.labels)} `, series })),
  }));
  return (reading) => {
    let text = '';
    for (const { head, style, lines } of prepared) {
      let hasHead = false;
      for (const { start, series } of lines) {
        const value = series.valueOf(reading);
        if (value === undefined) continue;
        if (!hasHead) text += head;
        hasHead = true;
        text += `${start}${numberText(value, style)}\n`;
      }
    }
    return text;
  };
}

function labelText(labels: SeriesLabels): string {
  if (labels.length === 0) return '';
  return `{${labels.map(([name, value]) => `${name}="${value}"`).join(',')}}`;
}

export function numberText(value: number, style: NumberStyle): string {
  switch (style) {
    case 'integer':
      return String(value);
    case 'six':
      return value.toFixed(6);
    case 'python':
      return pythonText(value);
  }
}

/** As the Python client writes floats: `5.0`, and above a million `1.5e+06` with the exponent's odd leading zero. */
function pythonText(value: number): string {
  if (value === Infinity) return '+Inf';
  const plain = String(value);
  const text = plain.includes('.') || plain.includes('e') ? plain : `${plain}.0`;
  const dot = text.indexOf('.');
  if (value <= 0 || dot <= 6 || text.includes('e')) return text;
  const digits = `${text[0]}.${text.slice(1, dot)}${text.slice(dot + 1)}`.replace(/\.?0+$/, '');
  return `${digits}e+0${dot - 1}`;
}
