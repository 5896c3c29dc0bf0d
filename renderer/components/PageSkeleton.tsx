import { Skeleton, SkeletonRows } from './Skeleton.tsx';
import styles from './PageSkeleton.module.css';

/** The shape of a page before its first answer. */
export function PageSkeleton() {
  return (
    <div aria-hidden="true" aria-busy="true">
      <div className={styles['top']}>
        <div className={styles['hero']}>
          <Skeleton width={90} height={12} />
          <Skeleton width={240} height={52} />
          <Skeleton width={280} height={12} />
          <Skeleton height={14} />
        </div>
        <div className={styles['tiles']}>
          {['a', 'b', 'c', 'd', 'e', 'f'].map((key) => (
            <div key={key}>
              <Skeleton width={80} height={10} />
              <Skeleton width={120} height={22} />
            </div>
          ))}
        </div>
      </div>
      <div className={styles['plot']}>
        <Skeleton height={220} />
      </div>
      <SkeletonRows count={8} />
    </div>
  );
}
