import { describe, expect, it } from 'vitest';
import { FunasrMessage, FunasrReader, openingMessage } from './funasr-protocol.ts';

const online = (text: string) => FunasrMessage.parse({ mode: '2pass-online', text, is_final: true });
const offline = (text: string, timestamp?: unknown) => FunasrMessage.parse({ mode: '2pass-offline', text, is_final: false, timestamp });

describe('the opening message', () => {
  it('carries the hotwords as a JSON text inside the JSON, at most 200', () => {
    const words = Array.from({ length: 300 }, (_, i) => `词${i}`);
    const message = JSON.parse(openingMessage('call', words)) as { hotwords: string; mode: string };
    expect(message).toMatchObject({
      mode: '2pass',
      audio_fs: 16000,
      is_speaking: true,
      chunk_size: [5, 10, 5],
      chunk_interval: 10,
      wav_format: 'pcm',
    });
    expect(Object.entries(JSON.parse(message.hotwords) as object).slice(0, 2)).toEqual([
      ['词0', 20],
      ['词1', 20],
    ]);
    expect(Object.keys(JSON.parse(message.hotwords) as object)).toHaveLength(200);
  });
});

describe('what the server says', () => {
  it('grows by deltas and is replaced by the offline text, whatever is_final says', () => {
    const reader = new FunasrReader();
    expect(reader.read(online('他们准'), 1200)).toMatchObject({ final: false, text: '他们准', startMs: 0 });
    expect(reader.read(online('备粤语'), 1800)).toMatchObject({ final: false, text: '他们准备粤语' });
    expect(reader.read(offline('他们准备越狱。'), 2400)).toMatchObject({ final: true, text: '他们准备越狱。' });
    expect(reader.read(online('不要'), 3600)).toMatchObject({ final: false, text: '不要', startMs: 2400 });
  });

  it('has times per character when the server gives them, as a text or a list, punctuation aside', () => {
    const stamps = [
      [500, 700],
      [700, 900],
      [1000, 1200],
      [1200, 1450],
    ];
    for (const timestamp of [JSON.stringify(stamps), stamps]) {
      const text = new FunasrReader().read(offline('我们，越狱。', timestamp), 2400);
      expect(text).toMatchObject({ startMs: 500, endMs: 1450 });
      expect(text?.spans.at(-1)).toEqual({ offset: 4, length: 1, endMs: 1450 });
    }
  });

  it('has no places when times and characters do not add up, or the times are impossible', () => {
    const reader = new FunasrReader();
    expect(reader.read(offline('一百一十', '[[500,900]]'), 6000)).toMatchObject({ startMs: 500, endMs: 900, spans: [] });
    expect(reader.read(offline('好', '[[5000,5200]]'), 6000)).toMatchObject({ endMs: 5200 });
    expect(reader.read(offline('好', '[[100,300]]'), 8000)).toMatchObject({ startMs: 6800, spans: [] });
    expect(reader.read(offline('好', '[[9000,99999999]]'), 10_000)).toMatchObject({ startMs: 9000, endMs: 10_000 });
  });

  it('means nothing when it has no mode or no text', () => {
    const reader = new FunasrReader();
    expect(reader.read(FunasrMessage.parse({ text: '', is_final: true, wav_name: 'x' }), 1000)).toBeNull();
    expect(reader.read(online(''), 1000)).toBeNull();
  });

  it('becomes final by itself when no offline text comes, so that the next sentence is not added to it', () => {
    const reader = new FunasrReader();
    reader.read(online('喂'), 1200);
    expect(reader.settle(7199, 6000)).toBeNull();
    expect(reader.settle(7200, 6000)).toMatchObject({ final: true, text: '喂' });
    expect(reader.settle(9000, 6000)).toBeNull();
    expect(reader.read(online('你好'), 9600)).toMatchObject({ text: '你好' });
  });
});
