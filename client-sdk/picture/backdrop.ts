import { BACKDROP_HILLS, BACKDROP_SKY, backdropRidge } from '@qinqiao/contracts';

type Pen = OffscreenCanvasRenderingContext2D;

const STEPS = 64;

/** Draws the calm picture to sit in front of; no file is loaded for it. */
export function drawBackdrop(pen: Pen, width: number, height: number): void {
  const { colours, depth } = BACKDROP_SKY;
  const sky = pen.createLinearGradient(0, 0, 0, height * depth);
  for (const [index, colour] of colours.entries()) sky.addColorStop(index / (colours.length - 1), colour);
  pen.fillStyle = sky;
  pen.fillRect(0, 0, width, height);
  for (const [index, { colour }] of BACKDROP_HILLS.entries()) {
    pen.fillStyle = colour;
    drawHill(pen, { width, height, index });
  }
}

function drawHill(pen: Pen, { width, height, index }: { width: number; height: number; index: number }): void {
  pen.beginPath();
  pen.moveTo(0, height);
  for (let step = 0; step <= STEPS; step++) {
    const x = step / STEPS;
    pen.lineTo(x * width, height * backdropRidge(index, x));
  }
  pen.lineTo(width, height);
  pen.fill();
}
