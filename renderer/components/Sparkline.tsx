import { sparkOf } from './spark-path.ts';

type SparklineProps = {
  readonly values: readonly (number | null)[];
  readonly width: number;
  readonly height: number;
  /** A CSS colour. */
  readonly colour: string;
  readonly isFilled?: boolean;
  /** Scale to share with neighbours; its own by default. */
  readonly low?: number;
  readonly high?: number;
};

/** The recent past of a value, without axes: decoration for the eye, the number beside it says the same. */
export function Sparkline({ values, width, height, colour, isFilled = false, low, high }: SparklineProps) {
  const spark = sparkOf(values, {
    width,
    height,
    ...(low === undefined ? {} : { low }),
    ...(high === undefined ? {} : { high }),
  });
  return (
    <svg
      width={width}
      height={height}
      viewBox={`0 0 ${width} ${height}`}
      aria-hidden="true"
      style={{ display: 'block' }}
    >
      {isFilled && spark.areas.map((area) => <path key={area} d={area} fill={colour} opacity={0.14} />)}
      {spark.lines.map((line) => (
        <path
          key={line}
          d={line}
          fill="none"
          stroke={colour}
          strokeWidth={1.3}
          strokeLinejoin="round"
          strokeLinecap="round"
        />
      ))}
      {spark.end !== null && <circle cx={spark.end.x} cy={spark.end.y} r={2} fill={colour} />}
    </svg>
  );
}
