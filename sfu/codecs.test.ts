import { generateRouterRtpCapabilities } from 'mediasoup/ortc';
import { describe, expect, it } from 'vitest';
import { clientCapabilities, MEDIA_CODECS, tapCapabilities } from './codecs.ts';

const router = generateRouterRtpCapabilities(MEDIA_CODECS);

describe('what is negotiated', () => {
  it('lets phones turn their pictures themselves, and keeps all other extensions', () => {
    const uris = (router.headerExtensions ?? []).map((extension) => extension.uri);
    const offered = (clientCapabilities(router).headerExtensions ?? []).map((extension) => extension.uri);
    expect(uris).toContain('urn:3gpp:video-orientation');
    expect(offered).toEqual(uris.filter((uri) => uri !== 'urn:3gpp:video-orientation'));
  });

  it('gives taps plain streams that can ask for key frames', () => {
    const { codecs = [], headerExtensions } = tapCapabilities(router);
    expect(codecs.map((codec) => codec.mimeType)).toEqual(['audio/opus', 'video/VP8', 'video/H264']);
    expect(headerExtensions).toEqual([]);
    expect(codecs[1]?.rtcpFeedback).toContainEqual({ type: 'nack', parameter: 'pli' });
    expect(codecs[1]?.rtcpFeedback).not.toContainEqual({ type: 'nack', parameter: '' });
  });
});
