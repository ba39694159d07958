import { generateRouterRtpCapabilities } from 'mediasoup/ortc';
import type { RtpCapabilities, RtpCodecCapability, RouterRtpCodecCapability } from 'mediasoup/types';

/** What a room can carry. The client publishes VP8 or H264 as it is told; both are always understood. */
export const MEDIA_CODECS: RouterRtpCodecCapability[] = [
  { kind: 'audio', mimeType: 'audio/opus', clockRate: 48000, channels: 2, parameters: { useinbandfec: 1, usedtx: 1 } },
  { kind: 'video', mimeType: 'video/VP8', clockRate: 90000, parameters: { 'x-google-start-bitrate': 500 } },
  {
    kind: 'video',
    mimeType: 'video/H264',
    clockRate: 90000,
    parameters: { 'packetization-mode': 1, 'profile-level-id': '42e01f', 'level-asymmetry-allowed': 1 },
  },
];

/** What recorder and bridge accept: the plain codecs, without retransmission streams and header extensions. */
export function tapCapabilities(router: RtpCapabilities): RtpCapabilities {
  const plain = (router.codecs ?? []).filter((codec) => !codec.mimeType.endsWith('/rtx'));
  return { codecs: plain.map(onlyKeyFrameRequests), headerExtensions: [] };
}

function onlyKeyFrameRequests(codec: RtpCodecCapability): RtpCodecCapability {
  const feedback = (codec.rtcpFeedback ?? []).filter(({ type, parameter }) => (type === 'nack' && parameter === 'pli') || type === 'ccm');
  return { ...codec, rtcpFeedback: feedback };
}

/**
 * What clients load their device with. Without the video orientation extension (3GPP TS 26.114, 7.4.5) phones turn their pictures before they send
 * them, so that a recording, which has no such extension, is upright too.
 */
export function clientCapabilities(router: RtpCapabilities): RtpCapabilities {
  const headerExtensions = (router.headerExtensions ?? []).filter((extension) => extension.uri !== 'urn:3gpp:video-orientation');
  return { ...router, headerExtensions };
}

/** What clients are told by every process, as every room can carry the same. */
export const OFFERED = clientCapabilities(generateRouterRtpCapabilities(MEDIA_CODECS)) as unknown as Record<string, unknown>;
