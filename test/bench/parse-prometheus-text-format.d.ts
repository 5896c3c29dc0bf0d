/** The package ships no types; the benchmark needs no more than this. */
declare module 'parse-prometheus-text-format' {
  export default function parsePrometheusTextFormat(text: string): readonly unknown[];
}
