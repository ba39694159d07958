/// <reference lib="dom" />
/// <reference lib="dom.iterable" />
export interface SourceOptions {
  width: number;
  height: number;
  fps: number;
  /** Of what is behind the person. 'chequer' is of two colours that no person has: what of it is seen elsewhere was not masked. */
  color: string;
  label: string;
  /** A picture as data: URL that sways in the middle; null for none. */
  portrait: string | null;
  /** A second person who comes when the test says so. */
  companion?: string | null;
  /** What flashes with the beep: the whole picture, or a card that the person holds. */
  flash?: 'picture' | 'card';
  /** Flash and beep (100 ms) at every full second of the source's clock in [from, to), for measuring sync. */
  clapper: { fromS: number; toS: number } | null;
}

/** What the page offers to its test, as `window.qinqiaoSource`. */
export interface PageSource {
  /** Speaks a WAV file (base64) now. Answers the epoch millisecond at which its first sample is sent. */
  say(wav: string): Promise<number>;
  /** Flash and beep from the next full second on, `count` times. Answers the epoch millisecond of the first. */
  clap(count: number): number;
  /** The second person comes, or goes. */
  company(on: boolean): void;
  /** From now on these pictures (data: URLs) are shown by turns instead of the portrait, each for so long. */
  pose(pictures: string[], seconds: number): Promise<void>;
  /** The camera is taken away, as when it is pulled out; the page may ask for another. */
  unplug(): void;
  /** Ids of all camera tracks that the page was ever given. */
  given(): string[];
}
declare global {
  interface Window {
    qinqiaoSource: PageSource;
  }
}

/**
 * Runs in the page before anything else: camera and microphone become a drawn picture and generated sound, so that every page of
 * one browser sends something of its own. From there on all is the real thing. Self-contained, because it is sent as text.
 */
export function installMediaSource(options: SourceOptions): void {
  const start = () => {
    const audio = new AudioContext({ sampleRate: 48000, latencyHint: 'interactive' });
    const destination = audio.createMediaStreamDestination();
    const tone = audio.createOscillator();
    const beep = audio.createGain();
    tone.frequency.value = 1000;
    beep.gain.value = 0;
    tone.connect(beep).connect(destination);
    tone.start();
    const claps: number[] = [];
    const clapAt = (second: number) => {
      claps.push(second);
      beep.gain.setValueAtTime(0.8, second);
      beep.gain.setValueAtTime(0, second + 0.1);
    };
    if (options.clapper) for (let second = options.clapper.fromS; second < options.clapper.toS; second++) clapAt(second);

    const canvas = document.createElement('canvas');
    canvas.width = options.width;
    canvas.height = options.height;
    const pen = canvas.getContext('2d', { alpha: false });
    if (!pen) throw new Error('no canvas');
    let companionHere = false;
    const portrait = new Image();
    if (options.portrait) portrait.src = options.portrait;
    const companion = new Image();
    if (options.companion) companion.src = options.companion;
    let poses: { pictures: HTMLImageElement[]; seconds: number } | null = null;
    const posing = (time: number) => poses?.pictures[Math.floor(time / poses.seconds) % poses.pictures.length] ?? portrait;
    const stand = (who: HTMLImageElement, middle: number) => {
      if (!who.complete || who.naturalWidth === 0) return;
      const { height } = options;
      const width = (who.naturalWidth * height * 0.92) / who.naturalHeight;
      pen.drawImage(who, middle - width / 2, height * 0.1, width, height * 0.92);
    };
    const wall = () => {
      const { width, height, color } = options;
      pen.fillStyle = color === 'chequer' ? '#ff00ff' : color;
      pen.fillRect(0, 0, width, height);
      if (color !== 'chequer') return;
      pen.fillStyle = '#00ff00';
      for (let x = 0; x < width; x += 40) for (let y = (x / 40) % 2 ? 40 : 0; y < height; y += 80) pen.fillRect(x, y, 40, 40);
    };
    const draw = (time: number) => {
      const { width, height } = options;
      // Masking takes fewer frames where the machine is busy: the card is held long enough to be in one.
      const card = options.flash === 'card';
      const flash = claps.some((second) => time >= second - 0.004 && time < second + (card ? 0.4 : 0.1));
      wall();
      stand(posing(time), width / 2 + Math.sin(time * 1.3) * width * 0.05);
      if (companionHere) stand(companion, width * 0.18);
      if (flash) {
        pen.fillStyle = '#fff';
        if (card) pen.fillRect(width * 0.4, height * 0.72, width * 0.2, height * 0.26);
        else pen.fillRect(0, 0, width, height);
      }
      pen.fillStyle = flash ? '#000' : '#ffd54a';
      pen.fillRect((time * 90) % width, height - 14, 60, 8);
      pen.font = '20px sans-serif';
      pen.fillText(`${options.label}  ${time.toFixed(1)}`, 12, 28);
    };
    const stream = canvas.captureStream(0);
    const [video] = stream.getVideoTracks() as (MediaStreamTrack & { requestFrame(): void })[];
    const step = 1 / options.fps;
    // Frames are drawn on the audio clock's grid, so that a flash is drawn when its beep sounds and not up to a frame later.
    const next = () => {
      const now = audio.currentTime;
      draw(Math.round(now / step) * step);
      video?.requestFrame();
      const wait = (Math.floor(now / step + 1.25) * step - audio.currentTime) * 1000;
      setTimeout(next, Math.max(4, wait));
    };
    next();
    void audio.resume();
    const epochOf = (second: number) => performance.timeOrigin + performance.now() + (second - audio.currentTime) * 1000;
    window.qinqiaoSource = {
      say: async (wav) => {
        const bytes = Uint8Array.from(atob(wav), (letter) => letter.charCodeAt(0));
        const node = audio.createBufferSource();
        node.buffer = await audio.decodeAudioData(bytes.buffer);
        node.connect(destination);
        const at = audio.currentTime + 0.05;
        node.start(at);
        return epochOf(at);
      },
      clap: (count) => {
        const first = Math.ceil(audio.currentTime + 0.3);
        for (let i = 0; i < count; i++) clapAt(first + i);
        return epochOf(first);
      },
      company: (on) => {
        companionHere = on;
      },
      pose: async (pictures, seconds) => {
        const loaded = pictures.map((url) => Object.assign(new Image(), { src: url }));
        // Until they are read, the camera would go on showing who was there before.
        await Promise.all(loaded.map((picture) => picture.decode()));
        poses = { pictures: loaded, seconds };
      },
      unplug: () => {
        for (const track of cameras) {
          track.stop();
          track.dispatchEvent(new Event('ended'));
        }
      },
      given: () => cameras.map((track) => track.id),
    };
    return { video, destination };
  };

  let source: ReturnType<typeof start> | null = null;
  const cameras: MediaStreamTrack[] = [];
  const media = navigator.mediaDevices;
  if (!media) return;
  media.getUserMedia = (constraints) => {
    source ??= start();
    const tracks: MediaStreamTrack[] = [];
    const [sound] = source.destination.stream.getAudioTracks();
    // Clones, because a page that stops its tracks must be able to take them anew.
    if (constraints?.audio && sound) tracks.push(sound.clone());
    if (constraints?.video && source.video) {
      const camera = source.video.clone();
      cameras.push(camera);
      tracks.push(camera);
    }
    return Promise.resolve(new MediaStream(tracks));
  };
  const device = (kind: MediaDeviceKind) => {
    const described = { deviceId: `test-${kind}`, groupId: 'test', kind, label: `Test ${kind}` };
    return { ...described, toJSON: () => described };
  };
  media.enumerateDevices = () => Promise.resolve([device('videoinput'), device('audioinput')] as MediaDeviceInfo[]);
}
