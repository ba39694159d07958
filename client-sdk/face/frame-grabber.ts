/** Longer side of what is sent, in pixels: enough for a face, small enough for a slow line. */
const LONGEST = 640;
const QUALITY = 0.85;

/** Takes single pictures from a camera's track, as JPEG. They are for the server alone. */
export class FrameGrabber {
  readonly #video = document.createElement('video');
  readonly #canvas = document.createElement('canvas');

  constructor(track: MediaStreamTrack) {
    this.#video.muted = true;
    this.#video.playsInline = true;
    this.#video.srcObject = new MediaStream([track]);
    void this.#video.play().catch(() => {});
  }

  /** The picture of this moment; null while the camera has none. */
  async grab(): Promise<Blob | null> {
    const { videoWidth, videoHeight } = this.#video;
    if (videoWidth === 0 || videoHeight === 0) return null;
    const scale = Math.min(1, LONGEST / Math.max(videoWidth, videoHeight));
    this.#canvas.width = Math.round(videoWidth * scale);
    this.#canvas.height = Math.round(videoHeight * scale);
    this.#canvas.getContext('2d')?.drawImage(this.#video, 0, 0, this.#canvas.width, this.#canvas.height);
    return new Promise((resolve) => this.#canvas.toBlob(resolve, 'image/jpeg', QUALITY));
  }

  close(): void {
    this.#video.srcObject = null;
  }
}
