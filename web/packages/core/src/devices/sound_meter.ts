/**
 * One AudioContext with the microphone in it: the level meter reads it and the recorder taps it. Swapping the device
 * changes only what is plugged into `input`; what hangs behind it goes on on the same sample clock.
 */
const SILENCE_AFTER_MS = 4_000;
const CHECK_EVERY_MS = 500;
/** At 48 kHz two thirds of a second: the checks overlap, so that no sound between two of them goes unheard. */
const WATCHED_SAMPLES = 32_768;
const SHOWN_SAMPLES = 2_048;
/** Below any real microphone's noise floor (about -120 dBFS): digital silence only. */
const SILENCE_PEAK = 1e-6;

export class SoundMeter {
  onSilence: (silent: boolean) => void = () => undefined;
  private parts: Parts | undefined;
  private source: MediaStreamAudioSourceNode | undefined;
  private timer: ReturnType<typeof setInterval> | undefined;
  private heardAtMs = 0;
  private soundExpected = true;
  private silent = false;

  listenTo(track: MediaStreamTrack | undefined): void {
    this.source?.disconnect();
    this.source = undefined;
    if (!track) return;
    const { context, input } = this.open();
    this.source = context.createMediaStreamSource(new MediaStream([track]));
    this.source.connect(input);
    this.heardAtMs = performance.now();
    void this.resume();
  }

  /** What the recorder listens to, and its clock: the microphone, whichever it is, or one track alone. */
  tap(track?: MediaStreamTrack): { context: AudioContext; node: AudioNode } {
    const { context, input } = this.open();
    return { context, node: track ? context.createMediaStreamSource(new MediaStream([track])) : input };
  }

  /** Browsers keep an audio context suspended until the person has clicked something. */
  async resume(): Promise<void> {
    if (this.parts && this.parts.context.state !== "running") await this.parts.context.resume().catch(() => undefined);
  }

  /** Peak of the last instant, 0..1. */
  level(): number {
    return this.parts ? peakOf(this.parts.shown) : 0;
  }

  expectSound(expected: boolean): void {
    this.soundExpected = expected;
    this.heardAtMs = performance.now();
  }

  close(): void {
    clearInterval(this.timer);
    this.source?.disconnect();
    void this.parts?.context.close();
    this.parts = undefined;
  }

  private open() {
    if (this.parts) return this.parts;
    const context = openContext();
    const input = new GainNode(context, { channelCount: 1, channelCountMode: "explicit" });
    const [shown, watched] = [listen(input, SHOWN_SAMPLES), listen(input, WATCHED_SAMPLES)];
    this.parts = { context, input, shown, watched };
    context.addEventListener("statechange", () => void this.resume());
    this.timer = setInterval(() => this.watch(), CHECK_EVERY_MS);
    return this.parts;
  }

  private watch(): void {
    const now = performance.now();
    const heard = this.parts !== undefined && peakOf(this.parts.watched) > SILENCE_PEAK;
    if (!this.source || !this.soundExpected || heard) this.heardAtMs = now;
    const silent = now - this.heardAtMs > SILENCE_AFTER_MS;
    if (silent !== this.silent) this.onSilence(silent);
    this.silent = silent;
  }
}

interface Parts {
  context: AudioContext;
  input: GainNode;
  shown: Ear;
  watched: Ear;
}

interface Ear {
  analyser: AnalyserNode;
  samples: Float32Array<ArrayBuffer>;
}

function listen(node: AudioNode, sampleCount: number): Ear {
  const analyser = new AnalyserNode(node.context, { fftSize: sampleCount });
  node.connect(analyser);
  return { analyser, samples: new Float32Array(sampleCount) };
}

function peakOf({ analyser, samples }: Ear): number {
  analyser.getFloatTimeDomainData(samples);
  let peak = 0;
  for (const sample of samples) peak = Math.max(peak, Math.abs(sample));
  return peak;
}

/** 48 kHz is what browsers capture speech at and what the result has; anything else would be resampled twice. */
function openContext(): AudioContext {
  try {
    return new AudioContext({ latencyHint: "interactive", sampleRate: 48_000 });
  } catch {
    return new AudioContext({ latencyHint: "interactive" });
  }
}
