import { type CallClient, watermarkText, watermarkTile } from '@qinqiao/client-sdk';
import { useRemaining } from './use-call-snapshot';

/** Who looks and when, faintly over the picture: whoever takes a screenshot takes it too. */
export function Watermark({ name, client }: { name: string; client: CallClient }) {
  // Draws itself anew as the time that is left does.
  useRemaining(client);
  const text = watermarkText(name, client.clock.now());
  return (
    <div className="watermark" style={{ backgroundImage: watermarkTile(text) }} data-testid="watermark" data-text={text} aria-hidden />
  );
}
