import { expect, it } from "vitest";
import { callLoad } from "./call_load";

const report = (sent: number, lost: number, why = "none") => [
  { id: "other", type: "candidate-pair", state: "succeeded", availableOutgoingBitrate: 9 },
  { id: "pair", type: "candidate-pair", state: "succeeded", nominated: true, availableOutgoingBitrate: 1_500_000 },
  { id: "mic", type: "outbound-rtp", packetsSent: sent },
  { id: "camera", type: "outbound-rtp", packetsSent: 2 * sent, active: true, qualityLimitationReason: why },
  { id: "off", type: "outbound-rtp", packetsSent: 0, active: false, qualityLimitationReason: "bandwidth" },
  { id: "heard-mic", type: "remote-inbound-rtp", packetsLost: lost, roundTripTime: 0.08 },
  { id: "heard-camera", type: "remote-inbound-rtp", packetsLost: lost, roundTripTime: 0.05 },
];

it("tells what the call's transport knows of the way up", () => {
  const first = callLoad(report(100, 1));
  expect(first.sample).toEqual({ availableBits: 1_500_000, roundTripMs: 50, limited: false });
  const { sample } = callLoad(report(200, 4, "bandwidth"), first.counts);
  expect(sample.limited).toBe(true);
  expect(sample.loss).toBeCloseTo(6 / 300);
});

it("does not take a closed stream for loss", () => {
  const first = callLoad(report(100, 10));
  expect(callLoad(report(10, 0), first.counts).sample.loss).toBeUndefined();
});
