/** Line icons on a 16 px grid. Status has a shape of its own: colour only repeats it. */
const PATHS = {
  overview: 'M2.5 13.5V8M6.2 13.5V3.5M9.9 13.5V6M13.5 13.5V2',
  cost: 'M8 1.8v12.4M11 4.6c-.5-1-1.6-1.5-3-1.5-1.800 0-3 .9-3 2.300 0 3.200 6.200 1.700 6.200 5 0 1.500-1.300 2.500-3.200 2.500-1.700 0-2.900-.7-3.300-1.900',
  idle: 'M8 1.8a6.2 6.2 0 1 0 0 12.4A6.2 6.2 0 1 0 8 1.8ZM6.3 5.6v4.8M9.7 5.6v4.8',
  compare: 'M8 2v12M2 13.5v-5h3.5v5ZM10.5 13.5v-9H14v9Z',
  alerts: 'M8 2a4 4 0 0 0-4 4v3l-1.5 2.5h11L12 9V6a4 4 0 0 0-4-4ZM6.5 13.5h3',
  updates: 'M8 13.5V4.5M4.5 7.5 8 4l3.5 3.5M3 1.8h10',
  engines:
    'M4.5 4.5h7v7h-7ZM6.5 1.8v2.7M9.5 1.8v2.7M6.5 11.5v2.7M9.5 11.5v2.7M1.8 6.5h2.7M1.8 9.5h2.7M11.5 6.5h2.7M11.5 9.5h2.7',
  sources: 'M2.6 4c0-3 10.8-3 10.8 0v8c0 3-10.8 3-10.8 0ZM2.6 4c0 2.7 10.8 2.7 10.8 0M2.6 8c0 2.7 10.8 2.7 10.8 0',
  'cost-book':
    'M8 3.5C6.5 2.3 4.3 2.1 2 2.5v10.3c2.3-.4 4.5-.2 6 1 1.5-1.2 3.7-1.4 6-1V2.5c-2.3-.4-4.5-.2-6 1ZM8 3.5v10.3',
  snapshots: 'M2.5 5h2.6l1.2-1.8h3.4L10.9 5h2.6v8h-11ZM8 6.8a2.3 2.3 0 1 0 0 4.6 2.3 2.3 0 1 0 0-4.6Z',
  reports: 'M3.5 1.8h6l3 3v9.4h-9ZM9.5 1.8v3h3M6 8h4M6 10.7h4',
  good: 'M3 8.5 6.5 12 13 4.5',
  late: 'M8 2 14.5 13.5h-13ZM8 6.5v3.5M8 11.8v.2',
  bad: 'M5 1.8h6L14.2 5v6L11 14.2H5L1.8 11V5ZM5.8 5.8l4.4 4.4M10.2 5.8l-4.4 4.4',
  waiting: 'M8 1.8a6.2 6.2 0 1 0 0 12.4A6.2 6.2 0 1 0 8 1.8ZM8 4.8V8l2.3 1.5',
  info: 'M8 1.8a6.2 6.2 0 1 0 0 12.4A6.2 6.2 0 1 0 8 1.8ZM8 7.3v3.6M8 4.9v.2',
  left: 'M10 3.5 5.5 8l4.5 4.5',
  right: 'M6 3.5 10.5 8 6 12.5',
  down: 'M4 6.2 8 10.2l4-4',
  up: 'M4 10.2 8 6.2l4 4',
  copy: 'M5.5 5.5h7.7v7.7H5.5ZM3 10.5V2.8h7.7',
  undo: 'M3 6.5h6.5a3.5 3.5 0 0 1 0 7H6M3 6.5 6 3.5M3 6.5 6 9.5',
  close: 'M4 4l8 8M12 4l-8 8',
  pause: 'M5.5 3.5v9M10.5 3.5v9',
  play: 'M5 3.2v9.6L12.5 8Z',
  refresh: 'M13 6.5A5.3 5.3 0 1 0 13.3 9M13.3 2.8v3.9H9.4',
  'zoom-out': 'M7 2.2a4.8 4.8 0 1 0 0 9.6A4.8 4.8 0 1 0 7 2.2ZM10.6 10.6 14 14M4.8 7h4.4',
  dark: 'M13.5 9.7A6 6 0 0 1 6.3 2.5a6 6 0 1 0 7.2 7.2Z',
  light:
    'M8 5.2a2.8 2.8 0 1 0 0 5.6A2.8 2.8 0 1 0 8 5.2ZM8 1.3v1.4M8 13.3v1.4M1.3 8h1.4M13.3 8h1.4M3.3 3.3l1 1M11.7 11.7l1 1M12.7 3.3l-1 1M4.3 11.7l-1 1',
  system: 'M2 3h12v8H2ZM6 14h4M8 11v3',
  plus: 'M8 3.5v9M3.5 8h9',
} as const;

export type IconName = keyof typeof PATHS;

export function Icon({ name, size = 16 }: { readonly name: IconName; readonly size?: number }) {
  return (
    <svg
      viewBox="0 0 16 16"
      width={size}
      height={size}
      fill="none"
      stroke="currentColor"
      strokeWidth={1.3}
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
      style={{ flex: 'none', display: 'block' }}
    >
      <path d={PATHS[name]} />
    </svg>
  );
}
