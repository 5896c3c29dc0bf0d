import { useEffect, useRef, useState, type RefObject } from 'react';

/** Rows drawn beyond what is in sight, so that a quick turn of the wheel meets none that is missing. */
const ROWS_BEYOND = 12;

type RowWindow = {
  /** To be set on the element whose first child is the first row. */
  readonly place: RefObject<HTMLTableSectionElement | null>;
  readonly from: number;
  readonly to: number;
};

/**
 * Which rows of a long list of equal rows are in sight, from `from` up to `to`. The list scrolls in the nearest element
 * marked `data-scrolls`. A fleet has thousands of rows, and each that is drawn is drawn again as its age grows.
 */
export function useRowWindow(count: number, rowHeight: number): RowWindow {
  const place = useRef<HTMLTableSectionElement>(null);
  const [range, setRange] = useState({ from: 0, to: 0 });
  useEffect(() => {
    const list = place.current;
    const scroller = list?.closest('[data-scrolls]') ?? null;
    if (list === null || scroller === null) return;
    const look = (): void => {
      const above = scroller.getBoundingClientRect().top - list.getBoundingClientRect().top;
      const from = Math.max(0, Math.floor(above / rowHeight) - ROWS_BEYOND);
      const to = Math.min(count, Math.ceil((above + scroller.clientHeight) / rowHeight) + ROWS_BEYOND);
      setRange((before) => (before.from === from && before.to === to ? before : { from, to: Math.max(from, to) }));
    };
    look();
    const observer = new ResizeObserver(look);
    observer.observe(scroller);
    scroller.addEventListener('scroll', look, { passive: true });
    return () => {
      observer.disconnect();
      scroller.removeEventListener('scroll', look);
    };
  }, [count, rowHeight]);
  const from = Math.min(range.from, count);
  // A list that has just come is drawn in part before it was looked at.
  return { place, from, to: Math.min(count, Math.max(range.to, from + 2 * ROWS_BEYOND)) };
}
