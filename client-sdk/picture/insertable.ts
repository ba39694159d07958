/** Frames of a track, and a track of frames (MediaStreamTrack Insertable Media Processing): not in TypeScript's DOM yet. */
interface ProcessorType {
  new (init: { track: MediaStreamTrack; maxBufferSize?: number }): { readonly readable: ReadableStream<VideoFrame> };
}
interface GeneratorType {
  new (init: { kind: 'video' }): MediaStreamTrack & { readonly writable: WritableStream<VideoFrame> };
}
const { MediaStreamTrackProcessor, MediaStreamTrackGenerator } = globalThis as unknown as {
  MediaStreamTrackProcessor?: ProcessorType;
  MediaStreamTrackGenerator?: GeneratorType;
};

/** Whether this browser can mask a picture at all. What it cannot mask, it must not send. */
export function canMask(): boolean {
  return (
    typeof MediaStreamTrackProcessor === 'function' &&
    typeof MediaStreamTrackGenerator === 'function' &&
    typeof OffscreenCanvas === 'function' &&
    typeof Worker === 'function' &&
    hasWebGl()
  );
}

function hasWebGl(): boolean {
  const gl = new OffscreenCanvas(1, 1).getContext('webgl2');
  gl?.getExtension('WEBGL_lose_context')?.loseContext();
  return gl !== null;
}

/** The frames of a track, the newest only. Throws when the browser has no such thing: see `canMask`. */
export function framesOf(track: MediaStreamTrack): ReadableStream<VideoFrame> {
  if (!MediaStreamTrackProcessor) throw new DOMException('no MediaStreamTrackProcessor', 'NotSupportedError');
  return new MediaStreamTrackProcessor({ track, maxBufferSize: 1 }).readable;
}

/** A track that shows what is written. Throws when the browser has no such thing: see `canMask`. */
export function writableTrack(): { track: MediaStreamTrack; writable: WritableStream<VideoFrame> } {
  if (!MediaStreamTrackGenerator) throw new DOMException('no MediaStreamTrackGenerator', 'NotSupportedError');
  const track = new MediaStreamTrackGenerator({ kind: 'video' });
  return { track, writable: track.writable };
}
