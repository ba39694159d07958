import { type ServerClock, watermarkText, watermarkTile } from '@qinqiao/client-sdk';
import { useTick } from '../components/use-tick.ts';

/** Who looks and when, faintly over the picture: whoever photographs the screen photographs it too. */
export function Watermark({ name, clock }: { name: string; clock: ServerClock }) {
  useTick(5000);
  const text = watermarkText(name, clock.now());
  return (
    <div className="watermark" style={{ backgroundImage: watermarkTile(text) }} data-testid="watermark" data-text={text} aria-hidden />
  );
}
