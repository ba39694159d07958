import type { MediaKind } from '@qinqiao/contracts';
import { deviceError, mediaDevicesOrThrow } from './device-errors.ts';

export interface DeviceChoice {
  camera?: string | undefined;
  microphone?: string | undefined;
}

const FRAME = { width: { ideal: 640 }, height: { ideal: 360 }, frameRate: { ideal: 25, max: 30 } };
const VOICE = { echoCancellation: true, noiseSuppression: true, autoGainControl: true, channelCount: 1 };

function constraintsOf(kind: MediaKind, deviceId: string | undefined): MediaStreamConstraints {
  const device = deviceId ? { deviceId: { ideal: deviceId } } : {};
  return kind === 'video' ? { video: { ...FRAME, facingMode: 'user', ...device } } : { audio: { ...VOICE, ...device } };
}

const choiceFor = (kind: MediaKind, choice: DeviceChoice) => (kind === 'video' ? choice.camera : choice.microphone);

/** Takes one camera or microphone. Rejects with a `QinqiaoError` that names what is missing or forbidden. */
export async function captureOne(kind: MediaKind, choice: DeviceChoice): Promise<MediaStreamTrack> {
  try {
    const stream = await mediaDevicesOrThrow().getUserMedia(constraintsOf(kind, choiceFor(kind, choice)));
    return firstTrack(stream, kind);
  } catch (error) {
    throw deviceError(error, kind);
  }
}

/** Takes camera and microphone with one question to the user; asks for each alone when that fails, so that the error names the right one. */
export async function captureBoth(choice: DeviceChoice): Promise<MediaStreamTrack[]> {
  try {
    const stream = await mediaDevicesOrThrow().getUserMedia({
      ...constraintsOf('audio', choice.microphone),
      ...constraintsOf('video', choice.camera),
    });
    return [firstTrack(stream, 'audio'), firstTrack(stream, 'video')];
  } catch (error) {
    if (deviceError(error, 'video').code === 'devices_denied') throw deviceError(error, 'video');
    return captureEach(choice);
  }
}

async function captureEach(choice: DeviceChoice): Promise<MediaStreamTrack[]> {
  const video = await captureOne('video', choice);
  try {
    return [await captureOne('audio', choice), video];
  } catch (error) {
    video.stop();
    throw error;
  }
}

function firstTrack(stream: MediaStream, kind: MediaKind): MediaStreamTrack {
  const track = stream.getTracks().find((candidate) => candidate.kind === kind);
  if (!track) throw new DOMException(`no ${kind} track`, 'NotFoundError');
  return track;
}
