import type { MaskPolicy } from '@qinqiao/contracts';
import { drawBackdrop } from './backdrop.ts';
import { MASK_HEIGHT, MASK_WIDTH } from './mask-refiner.ts';

/** A blurred background is as coarse as this picture. */
const BLUR_WIDTH = 16;
const BLUR_HEIGHT = 9;
const LONGEST = 640;
/** On the black picture, for the family: the reason is not theirs to know, the inmate and the officer read it on their pages. */
const BLACK_TEXTS = { starting: '画面准备中 · The picture is being prepared', hidden: '画面已遮挡 · The picture is hidden' };
export type Blackness = keyof typeof BLACK_TEXTS;

type Pen = OffscreenCanvasRenderingContext2D;
/** What can be drawn and has a size: a camera's frame, or a picture in tests. */
export type Drawable = VideoFrame | OffscreenCanvas | ImageBitmap;

/** Paints what leaves the tablet: the person before the backdrop, or black with a word why. */
export class Painter {
  readonly #out = penOf(LONGEST, 360);
  readonly #mask = penOf(MASK_WIDTH, MASK_HEIGHT);
  readonly #blur = penOf(BLUR_WIDTH, BLUR_HEIGHT);
  #backdrop: Pen | null = null;

  get canvas(): OffscreenCanvas {
    return this.#out.canvas;
  }

  /** The output follows the camera's shape, up to 640 points. */
  fit(width: number, height: number): void {
    const scale = Math.min(1, LONGEST / Math.max(width, height));
    const even = (length: number) => Math.max(2, Math.round((length * scale) / 2) * 2);
    const { canvas } = this.#out;
    if (canvas.width === even(width) && canvas.height === even(height)) return;
    [canvas.width, canvas.height] = [even(width), even(height)];
    this.#backdrop = null;
  }

  masked(frame: Drawable, alpha: Uint8ClampedArray, policy: MaskPolicy): void {
    const pen = this.#out;
    const { width, height } = pen.canvas;
    this.#mask.putImageData(maskImage(alpha), 0, 0);
    pen.globalCompositeOperation = 'copy';
    pen.drawImage(this.#mask.canvas, 0, 0, width, height);
    pen.globalCompositeOperation = 'source-in';
    pen.drawImage(frame, 0, 0, width, height);
    pen.globalCompositeOperation = 'destination-over';
    this.#paintBackground(frame, policy);
    pen.globalCompositeOperation = 'source-over';
  }

  black(why: Blackness): void {
    paintBlack(this.#out, why);
  }

  #paintBackground(frame: Drawable, { mode, colour }: MaskPolicy): void {
    const pen = this.#out;
    const { width, height } = pen.canvas;
    if (mode === 'picture') pen.drawImage(this.#painted().canvas, 0, 0);
    if (mode === 'blur') {
      // Else only some of the frame's points would be taken, and its pattern would show in them.
      this.#blur.imageSmoothingQuality = 'high';
      this.#blur.drawImage(frame, 0, 0, BLUR_WIDTH, BLUR_HEIGHT);
      pen.drawImage(this.#blur.canvas, 0, 0, width, height);
    }
    pen.fillStyle = colour;
    pen.fillRect(0, 0, width, height);
  }

  #painted(): Pen {
    const { width, height } = this.#out.canvas;
    if (this.#backdrop) return this.#backdrop;
    this.#backdrop = penOf(width, height);
    drawBackdrop(this.#backdrop, width, height);
    return this.#backdrop;
  }
}

/** Black, with a line of text for whoever sees it. */
export function paintBlack(pen: Pen | CanvasRenderingContext2D, why: Blackness): void {
  const { width, height } = pen.canvas;
  pen.globalCompositeOperation = 'source-over';
  pen.fillStyle = '#000';
  pen.fillRect(0, 0, width, height);
  pen.fillStyle = '#8a929c';
  pen.font = `${Math.round(height / 20)}px sans-serif`;
  pen.textAlign = 'center';
  pen.fillText(BLACK_TEXTS[why], width / 2, height / 2, width * 0.9);
}

function maskImage(alpha: Uint8ClampedArray): ImageData {
  const image = new ImageData(MASK_WIDTH, MASK_HEIGHT);
  for (let index = 0; index < alpha.length; index++) image.data[index * 4 + 3] = alpha[index] ?? 0;
  return image;
}

/** A canvas that is read back: on the processor. */
export function penOf(width: number, height: number): Pen {
  const pen = new OffscreenCanvas(width, height).getContext('2d', { willReadFrequently: true });
  if (!pen) throw new Error('no canvas');
  return pen;
}
