import type { ChartTheme, Hatch } from '#shared/charts/chart-theme.ts';

/** Reads the theme that is in force from the page's style. */
export function readChartTheme(element: Element, name: string): ChartTheme {
  const style = getComputedStyle(element);
  const read = (name: string): string => style.getPropertyValue(name).trim();
  const idle = read('--part-idle');
  const unseen = read('--part-down-unseen');
  return {
    name,
    font: read('--font'),
    sheet: read('--sheet'),
    grid: read('--grid'),
    axisLine: read('--line2'),
    ink: read('--ink'),
    ink2: read('--ink2'),
    ink3: read('--ink3'),
    accent: read('--accent'),
    areaOpacity: Number(read('--area-opacity')),
    parts: {
      capital: read('--part-capital'),
      facility: read('--part-facility'),
      'network-operations': read('--part-network-operations'),
      energy: read('--part-energy'),
      'down-unseen': unseen,
      idle,
    },
    hatches: {
      idle: hatch({ colour: idle, size: 6, lineWidth: 1.8, slope: 'rising' }),
      unseen: hatch({ colour: unseen, size: 5, lineWidth: 1.4, slope: 'falling' }),
    },
  };
}

type HatchLook = {
  readonly colour: string;
  readonly size: number;
  readonly lineWidth: number;
  readonly slope: 'rising' | 'falling';
};

/** One tile of diagonal lines over a tinted ground; lines run past the edges so that tiles meet without a notch. */
function hatch({ colour, size, lineWidth, slope }: HatchLook): Hatch | string {
  const image = document.createElement('canvas');
  image.width = size;
  image.height = size;
  const draw = image.getContext('2d');
  if (draw === null) return colour;
  draw.fillStyle = colour;
  draw.globalAlpha = 0.3;
  draw.fillRect(0, 0, size, size);
  draw.globalAlpha = 1;
  draw.strokeStyle = colour;
  draw.lineWidth = lineWidth;
  const direction = slope === 'rising' ? -1 : 1;
  const start = slope === 'rising' ? size : 0;
  draw.beginPath();
  for (const shift of [-size, 0, size]) {
    draw.moveTo(shift - size, start - direction * size);
    draw.lineTo(shift + size * 2, start + direction * size * 2);
  }
  draw.stroke();
  return { image, repeat: 'repeat' };
}
