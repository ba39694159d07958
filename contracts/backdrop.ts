/** The calm picture that is the mask `picture`: hills in the morning. The tablet draws it, and the server knows by it what must be there. */
export const BACKDROP_SKY = { colours: ['#a9c8dc', '#dfe9e6', '#f3ead9'], depth: 0.8 } as const;

interface Hill {
  colour: string;
  /** Height of the ridge as a share of the picture. */
  ridge: number;
  waves: number;
  rise: number;
}

/** From the far to the near one. */
export const BACKDROP_HILLS: readonly Hill[] = [
  { colour: '#9fb9c4', ridge: 0.52, waves: 1.3, rise: 0.07 },
  { colour: '#84a5a6', ridge: 0.63, waves: 1.9, rise: 0.06 },
  { colour: '#668c80', ridge: 0.75, waves: 1.1, rise: 0.05 },
  { colour: '#4c7263', ridge: 0.87, waves: 1.6, rise: 0.04 },
];

/** Where the ridge of a hill is at `x`; all in shares of the picture. */
export function backdropRidge(index: number, x: number): number {
  const { ridge = 1, waves = 0, rise = 0 } = BACKDROP_HILLS[index] ?? {};
  const phase = index * 1.7;
  const swell = Math.sin(x * Math.PI * 2 * waves + phase) + 0.4 * Math.sin(x * Math.PI * 4.6 * waves + phase * 2);
  return ridge - rise * swell;
}

/** The picture's colour at a point, in shares of its width and height. */
export function backdropColourAt(x: number, y: number): string {
  const near = BACKDROP_HILLS.findLastIndex((_, index) => y >= backdropRidge(index, x));
  return BACKDROP_HILLS[near]?.colour ?? skyAt(y);
}

function skyAt(y: number): string {
  const { colours, depth } = BACKDROP_SKY;
  const at = Math.min(1, y / depth) * (colours.length - 1);
  const [from, to] = [channels(colours[Math.floor(at)]), channels(colours[Math.min(colours.length - 1, Math.floor(at) + 1)])];
  const mixed = from.map((value, index) => Math.round(value + ((to[index] ?? value) - value) * (at % 1)));
  return `#${mixed.map((value) => value.toString(16).padStart(2, '0')).join('')}`;
}

const channels = (colour = '#000000') => [1, 3, 5].map((at) => Number.parseInt(colour.slice(at, at + 2), 16));
