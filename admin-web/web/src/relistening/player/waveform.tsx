import { loudness, type Peaks, type Stretch } from '@qinqiao/contracts';
import { useEffect, useMemo, useRef } from 'react';

/** One voice, as loud as it is in each pixel. */
export function Waveform({ peaks, range }: { peaks: Peaks; range: Stretch }) {
  const ref = useRef<HTMLCanvasElement>(null);
  const loud = useMemo(() => loudness(peaks), [peaks]);
  useEffect(() => {
    const canvas = ref.current;
    if (!canvas) return undefined;
    const draw = () => drawVoice(canvas, loud, peaks, range);
    const watch = new ResizeObserver(draw);
    watch.observe(canvas);
    draw();
    return () => watch.disconnect();
  }, [loud, peaks, range]);
  return <canvas ref={ref} />;
}

const FULL = 128;

function drawVoice(canvas: HTMLCanvasElement, loud: Uint8Array, { fromMs, perSecond }: Peaks, range: Stretch): void {
  const { clientWidth: width, clientHeight: height } = canvas;
  const scale = window.devicePixelRatio || 1;
  canvas.width = Math.max(1, Math.round(width * scale));
  canvas.height = Math.max(1, Math.round(height * scale));
  const context = canvas.getContext('2d');
  if (!context) return;
  context.scale(scale, scale);
  context.fillStyle = getComputedStyle(canvas).color;
  const perPixel = (range.toMs - range.fromMs) / Math.max(1, width);
  for (let x = 0; x < width; x++) {
    const first = Math.floor(((range.fromMs + x * perPixel - fromMs) / 1000) * perSecond);
    const last = Math.max(first + 1, Math.ceil(((range.fromMs + (x + 1) * perPixel - fromMs) / 1000) * perSecond));
    let most = 0;
    for (let index = Math.max(0, first); index < Math.min(last, loud.length); index++) most = Math.max(most, loud[index] ?? 0);
    // Quiet voices are to be seen too.
    const tall = Math.max(1, Math.sqrt(most / FULL) * (height - 2));
    context.fillRect(x, (height - tall) / 2, 1, tall);
  }
}
