import { describe, expect, it } from 'vitest';
import { GATHER_MS, type GateTimers, KEY_FRAME_GAP_MS, KeyFrameGate } from './key-frame-gate.ts';

/** Timers that run when a test says so. */
class TestTimers implements GateTimers {
  #now = 0;
  #planned = new Map<number, { at: number; act: () => void }>();
  #next = 0;

  now(): number {
    return this.#now;
  }

  after(ms: number, act: () => void): () => void {
    const id = this.#next++;
    this.#planned.set(id, { at: this.#now + ms, act });
    return () => this.#planned.delete(id);
  }

  advance(ms: number): void {
    const until = this.#now + ms;
    for (;;) {
      const [due] = [...this.#planned].filter(([, { at }]) => at <= until).sort(([, a], [, b]) => a.at - b.at);
      if (!due) break;
      this.#planned.delete(due[0]);
      this.#now = due[1].at;
      due[1].act();
    }
    this.#now = until;
  }
}

function open() {
  const timers = new TestTimers();
  const admitted: [number, string[]][] = [];
  const gate = new KeyFrameGate((viewers) => admitted.push([timers.now(), viewers]), timers);
  return { timers, admitted, gate };
}

describe('the gate of a picture', () => {
  it('lets a single viewer in at once', () => {
    const { gate, admitted } = open();
    gate.expect('inmate');
    gate.ready('inmate');
    expect(admitted).toEqual([[0, ['inmate']]]);
  });

  it('lets those who come together in with one request', () => {
    const { gate, admitted, timers } = open();
    gate.expect('officer');
    gate.expect('inmate');
    gate.ready('officer');
    timers.advance(40);
    gate.ready('inmate');
    expect(admitted).toEqual([[40, ['officer', 'inmate']]]);
  });

  it('does not wait long for one who is slow, and lets him in when a request is answered again', () => {
    const { gate, admitted, timers } = open();
    gate.expect('officer');
    gate.expect('inmate');
    gate.ready('inmate');
    timers.advance(GATHER_MS + 30);
    gate.ready('officer');
    timers.advance(1000);
    expect(admitted).toEqual([
      [GATHER_MS, ['inmate']],
      [GATHER_MS + KEY_FRAME_GAP_MS, ['officer']],
    ]);
  });

  it('does not wait for one who has gone, nor asks again too soon after a tap has asked', () => {
    const { gate, admitted, timers } = open();
    gate.asked();
    gate.expect('officer');
    gate.expect('family');
    timers.advance(100);
    gate.ready('family');
    gate.forget('officer');
    timers.advance(1000);
    expect(admitted).toEqual([[KEY_FRAME_GAP_MS, ['family']]]);
  });

  it('lets nobody in when it is closed', () => {
    const { gate, admitted, timers } = open();
    gate.asked();
    gate.ready('family');
    gate.close();
    timers.advance(1000);
    expect(admitted).toEqual([]);
  });
});
