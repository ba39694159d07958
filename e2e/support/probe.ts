/// <reference lib="dom" />
/// <reference lib="dom.iterable" />
export interface TrackProbe {
  kind: string;
  /** Epoch milliseconds. */
  first: number | null;
  last: number | null;
  frames: number;
}

/** What the page noted, as `window.qinqiaoProbe`. */
export interface PageProbe {
  connections: RTCPeerConnection[];
  tracks: TrackProbe[];
  /** Epoch milliseconds of clicks on elements with a test id. */
  clicks: Record<string, number>;
  /** Epoch milliseconds at which an element with this test id (and text) first stood in the page. */
  seen: { id: string; text: string; at: number }[];
}
declare global {
  interface Window {
    qinqiaoProbe: PageProbe;
  }
}

/** Runs in the page before anything else: notes each decoded frame, click and appearance. Self-contained, because it is sent as text. */
export function installProbe(watchedIds: string[]): void {
  const now = () => performance.timeOrigin + performance.now();
  const probe: PageProbe = { connections: [], tracks: [], clicks: {}, seen: [] };
  window.qinqiaoProbe = probe;

  const readFrames = async (track: MediaStreamTrack) => {
    const note: TrackProbe = { kind: track.kind, first: null, last: null, frames: 0 };
    probe.tracks.push(note);
    if (track.kind !== 'video') return;
    const Processor = (
      window as unknown as {
        MediaStreamTrackProcessor: new (init: { track: MediaStreamTrack }) => { readable: ReadableStream<VideoFrame> };
      }
    ).MediaStreamTrackProcessor;
    const reader = new Processor({ track }).readable.getReader();
    for (;;) {
      const { value, done } = await reader.read();
      if (done) return;
      note.frames++;
      note.first ??= now();
      note.last = now();
      value.close();
    }
  };
  const Native = window.RTCPeerConnection;
  window.RTCPeerConnection = class extends Native {
    constructor(configuration?: RTCConfiguration) {
      super(configuration);
      probe.connections.push(this);
      this.addEventListener('track', (event) => void readFrames(event.track));
    }
  };

  document.addEventListener(
    'click',
    (event) => {
      const id = (event.target as Element | null)?.closest('[data-testid]')?.getAttribute('data-testid');
      if (id) probe.clicks[id] = now();
    },
    true,
  );
  const known = new WeakMap<Element, string>();
  const look = () => {
    for (const id of watchedIds) {
      for (const element of document.querySelectorAll(`[data-testid="${id}"]`)) {
        const text = element.textContent ?? '';
        if (known.get(element) === text) continue;
        known.set(element, text);
        probe.seen.push({ id, text, at: now() });
      }
    }
  };
  const observe = () =>
    new MutationObserver(look).observe(document.documentElement, { childList: true, subtree: true, characterData: true });
  if (document.documentElement) observe();
  else document.addEventListener('readystatechange', observe, { once: true });
}
