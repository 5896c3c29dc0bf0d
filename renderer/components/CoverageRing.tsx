const RADIUS = 8.5;
const ROUND = 2 * Math.PI * RADIUS;

/** A ring filled as far as a share goes; dashed where the share is not known. */
export function CoverageRing({ share }: { readonly share: number | null }) {
  return (
    <svg width="22" height="22" viewBox="0 0 22 22" fill="none" strokeWidth="3" aria-hidden="true">
      <circle cx="11" cy="11" r={RADIUS} stroke="var(--line2)" strokeDasharray={share === null ? '2 3' : undefined} />
      {share !== null && (
        <circle
          cx="11"
          cy="11"
          r={RADIUS}
          stroke="var(--accent)"
          strokeDasharray={`${ROUND * Math.min(1, share)} ${ROUND}`}
          transform="rotate(-90 11 11)"
        />
      )}
    </svg>
  );
}
