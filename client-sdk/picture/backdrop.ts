type Pen = OffscreenCanvasRenderingContext2D;

const SKY = ['#a9c8dc', '#dfe9e6', '#f3ead9'];
/** Hills from the far to the near one: colour, height of the ridge as a share of the picture, waves. */
const HILLS = [
  { colour: '#9fb9c4', ridge: 0.52, waves: 1.3, rise: 0.07 },
  { colour: '#84a5a6', ridge: 0.63, waves: 1.9, rise: 0.06 },
  { colour: '#668c80', ridge: 0.75, waves: 1.1, rise: 0.05 },
  { colour: '#4c7263', ridge: 0.87, waves: 1.6, rise: 0.04 },
];

/** A calm picture to sit in front of: hills in the morning. Drawn here, so that there is none to load. */
export function drawBackdrop(pen: Pen, width: number, height: number): void {
  const sky = pen.createLinearGradient(0, 0, 0, height * 0.8);
  for (const [index, colour] of SKY.entries()) sky.addColorStop(index / (SKY.length - 1), colour);
  pen.fillStyle = sky;
  pen.fillRect(0, 0, width, height);
  for (const [index, hill] of HILLS.entries()) drawHill(pen, { width, height, phase: index * 1.7, ...hill });
}

interface Hill {
  width: number;
  height: number;
  colour: string;
  ridge: number;
  waves: number;
  rise: number;
  phase: number;
}

function drawHill(pen: Pen, { width, height, colour, ridge, waves, rise, phase }: Hill): void {
  pen.fillStyle = colour;
  pen.beginPath();
  pen.moveTo(0, height);
  for (let step = 0; step <= 64; step++) {
    const x = step / 64;
    const swell = Math.sin(x * Math.PI * 2 * waves + phase) + 0.4 * Math.sin(x * Math.PI * 4.6 * waves + phase * 2);
    pen.lineTo(x * width, height * (ridge - rise * swell));
  }
  pen.lineTo(width, height);
  pen.fill();
}
