/**
 * Runs on the audio thread: gathers the microphone's samples into half-second blocks and hands them straight to the
 * storage worker, past the page's main thread, so that a busy or hidden page loses nothing.
 */
declare const currentFrame: number;
declare const sampleRate: number;
declare class AudioWorkletProcessor {
  readonly port: MessagePort;
}
declare function registerProcessor(name: string, processor: new () => AudioWorkletProcessor): void;

const BLOCK_SECONDS = 0.5;

class PcmTap extends AudioWorkletProcessor {
  private sink: MessagePort | undefined;
  private block = new Float32Array(Math.round(sampleRate * BLOCK_SECONDS));
  private filled = 0;
  private firstFrame = 0;
  private leastDifferenceMs = Number.POSITIVE_INFINITY;
  private ended = false;

  constructor() {
    super();
    this.port.onmessage = ({ data }) => {
      if (data.sink) this.sink = data.sink;
      if (data.end) this.finish();
    };
  }

  process(inputs: Float32Array[][]): boolean {
    const samples = inputs[0]?.[0];
    // Date.now is the only clock here; its millisecond steps vanish in the minimum over many calls.
    const difference = Date.now() - (currentFrame / sampleRate) * 1_000;
    if (samples && this.sink && !this.ended) this.take(samples, difference);
    return !this.ended;
  }

  private take(samples: Float32Array, difference: number): void {
    if (this.filled > 0 && this.firstFrame + this.filled !== currentFrame) this.hand();
    if (this.filled === 0) this.firstFrame = currentFrame;
    this.leastDifferenceMs = Math.min(this.leastDifferenceMs, difference);
    const room = Math.min(samples.length, this.block.length - this.filled);
    this.block.set(samples.subarray(0, room), this.filled);
    this.filled += room;
    if (this.filled < this.block.length) return;
    this.hand();
    if (room < samples.length) this.carry(samples.subarray(room), currentFrame + room, difference);
  }

  private carry(rest: Float32Array, frame: number, difference: number): void {
    this.firstFrame = frame;
    this.block.set(rest, 0);
    this.filled = rest.length;
    this.leastDifferenceMs = difference;
  }

  private hand(): void {
    if (this.filled === 0) return;
    const samples = this.block.slice(0, this.filled);
    const { firstFrame, leastDifferenceMs } = this;
    this.sink?.postMessage({ firstFrame, leastDifferenceMs, samples }, [samples.buffer]);
    this.filled = 0;
    this.leastDifferenceMs = Number.POSITIVE_INFINITY;
  }

  private finish(): void {
    this.hand();
    this.ended = true;
    this.sink?.postMessage({ end: true });
    this.sink?.close();
  }
}

registerProcessor("greenroom-pcm-tap", PcmTap);
