import styles from './Skeleton.module.css';

type SkeletonProps = { readonly width?: number | string; readonly height?: number };

/** A grey bar where a value will stand. It does not move: a page that waits is quiet. */
export function Skeleton({ width = '100%', height = 14 }: SkeletonProps) {
  return <span className={styles['bar']} style={{ width, height }} />;
}

/** Rows of a table to come. */
export function SkeletonRows({ count }: { readonly count: number }) {
  return (
    <div className={styles['rows']}>
      {Array.from({ length: count }, (_, index) => (
        <div key={index}>
          <Skeleton width={120 + ((index * 37) % 60)} height={10} />
          <Skeleton height={10} />
        </div>
      ))}
    </div>
  );
}
