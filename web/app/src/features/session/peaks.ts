/** The waveform file that the composing job writes. */
interface PeaksFile {
  sampleRate: number;
  samplesPerPeak: number;
  peaks: { participantId: string; peaks: number[] }[];
}

export interface Lane {
  participantId: string;
  peaks: number[];
}

export interface Waveforms {
  lanes: Lane[];
  durationS: number;
}

export function readPeaks(json: unknown): Waveforms {
  const file = json as PeaksFile;
  const lanes = (file.peaks ?? []).filter((lane) => Array.isArray(lane.peaks) && lane.peaks.length > 0);
  const longest = Math.max(0, ...lanes.map((lane) => lane.peaks.length));
  return { lanes, durationS: (longest * file.samplesPerPeak) / file.sampleRate || 0 };
}
