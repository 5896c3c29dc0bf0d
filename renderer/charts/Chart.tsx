import type { EChartsCoreOption, EChartsType } from 'echarts/core';
import { useEffect, useRef } from 'react';
import { init } from './register-echarts.ts';

type ChartProps = {
  readonly option: EChartsCoreOption;
  /** A sentence that says what the picture shows, for who cannot see it. */
  readonly summary: string;
};

/** Owns one drawing: made once, given options, resized with its box, disposed. It fills its parent. */
export function Chart({ option, summary }: ChartProps) {
  const box = useRef<HTMLDivElement>(null);
  const chart = useRef<EChartsType>(null);

  useEffect(() => {
    if (box.current === null) return;
    const made = init(box.current, null, { renderer: 'canvas' });
    chart.current = made;
    const observer = new ResizeObserver(() => made.resize());
    observer.observe(box.current);
    return () => {
      observer.disconnect();
      made.dispose();
      chart.current = null;
    };
  }, []);

  useEffect(() => chart.current?.setOption(option, { notMerge: true, lazyUpdate: true, silent: true }), [option]);

  return (
    <figure style={{ position: 'absolute', inset: 0 }}>
      <figcaption className="unseen">{summary}</figcaption>
      <div ref={box} style={{ position: 'absolute', inset: 0 }} />
    </figure>
  );
}
