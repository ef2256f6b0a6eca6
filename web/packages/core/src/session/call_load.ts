import type { CallSample } from "../uploader";

/** What of WebRTC's statistics (W3C webrtc-stats) is looked at. */
interface Stat {
  id: string;
  type: string;
  nominated?: boolean;
  state?: string;
  availableOutgoingBitrate?: number;
  currentRoundTripTime?: number;
  roundTripTime?: number;
  packetsLost?: number;
  packetsSent?: number;
  active?: boolean;
  qualityLimitationReason?: string;
}

export interface PacketCounts {
  sent: number;
  lost: number;
}

/** How the way up is doing for the call, from the sending transport's report and the counts of the one before. */
export function callLoad(
  report: Iterable<unknown>,
  before?: PacketCounts,
): { sample: Omit<CallSample, "sharing">; counts: PacketCounts } {
  const stats = [...(report as Iterable<Stat>)];
  const of = (type: string) => stats.filter((stat) => stat.type === type);
  const pair = of("candidate-pair").find(({ nominated, state }) => nominated && state === "succeeded");
  const outgoing = of("outbound-rtp");
  const heard = of("remote-inbound-rtp");
  const counts = { sent: total(outgoing, "packetsSent"), lost: total(heard, "packetsLost") };
  const sample: Omit<CallSample, "sharing"> = {
    limited: outgoing.some(({ active, qualityLimitationReason: why }) => active !== false && why === "bandwidth"),
  };
  if (pair?.availableOutgoingBitrate) sample.availableBits = pair.availableOutgoingBitrate;
  // Of several streams over one way the quickest answer is the nearest to the way itself.
  const trips = heard.flatMap(({ roundTripTime }) => (roundTripTime ? [roundTripTime] : []));
  const seconds = trips.length > 0 ? Math.min(...trips) : pair?.currentRoundTripTime;
  if (seconds !== undefined) sample.roundTripMs = seconds * 1_000;
  // A stream that was closed takes its counts with it.
  if (before && counts.sent > before.sent && counts.lost >= before.lost)
    sample.loss = Math.min(1, (counts.lost - before.lost) / (counts.sent - before.sent));
  return { sample, counts };
}

function total(stats: Stat[], name: "packetsSent" | "packetsLost"): number {
  return stats.reduce((sum, stat) => sum + (stat[name] ?? 0), 0);
}
