import type { LiveSource, PeerInfo } from "@greenroom/contract";
import type { types } from "mediasoup-client";
import { keepPath } from "./media_path";
import type { Signaling } from "./signaling";

/** How one source is sent. */
export interface SendPlan {
  encodings?: types.RtpEncodingParameters[];
  codecOptions?: types.ProducerCodecOptions;
}

/**
 * One join of the room: a device, two transports, and what runs over them. It lives until it is closed or its
 * transports fail; after a reconnection the room makes a new one and drops this. Owned by Room, never shared.
 */
export interface Link {
  peerId: string;
  peers: PeerInfo[];
  produce(source: LiveSource, track: MediaStreamTrack, plan: SendPlan): Promise<types.Producer>;
  /** Tracks of one stream are played in step with each other. */
  consume(producerId: string, streamId: string): Promise<types.Consumer>;
  /** Of the way up. */
  sendStats(): Promise<RTCStatsReport>;
  close(): void;
}

export interface LinkOptions {
  signaling: Signaling;
  callId: string;
  userId: string;
  makeDevice: () => Promise<types.Device>;
  onBroken: (why: string) => void;
}

export async function openLink(options: LinkOptions): Promise<Link> {
  const { signaling, callId, userId } = options;
  const device = await options.makeDevice();
  const { rtpCapabilities } = await signaling.request("createRoom", { callId });
  await device.load({ routerRtpCapabilities: rtpCapabilities as types.RtpCapabilities });
  const joined = await signaling.request("joinRoom", { callId, userId, rtpCapabilities: received(device) as never });
  const send = await openTransport(device, "send", options);
  const receive = await openTransport(device, "recv", options);

  return {
    peerId: joined.peerId,
    peers: joined.peers,
    produce: (source, track, plan) =>
      send.produce({ track, stopTracks: false, disableTrackOnPause: false, appData: { source }, ...plan }),
    consume: async (producerId, streamId) => {
      const answer = await signaling.request("consume", {
        transportId: receive.id,
        producerId,
        rtpCapabilities: received(device) as never,
      });
      return receive.consume({ ...(answer as unknown as types.ConsumerOptions), streamId });
    },
    sendStats: () => send.getStats(),
    close: () => {
      send.close();
      receive.close();
    },
  };
}

function received(device: types.Device): types.RtpCapabilities {
  return device.recvRtpCapabilities;
}

async function openTransport(device: types.Device, direction: "send" | "recv", options: LinkOptions) {
  const { signaling } = options;
  const parameters = (await signaling.request("createTransport", { direction })) as unknown as types.TransportOptions;
  const transport =
    direction === "send" ? device.createSendTransport(parameters) : device.createRecvTransport(parameters);

  transport.on("connect", ({ dtlsParameters }, done, failed) => {
    signaling
      .request("connectTransport", { transportId: transport.id, dtlsParameters: dtlsParameters as never })
      .then(() => done(), failed);
  });
  transport.on("produce", ({ kind, rtpParameters, appData }, done, failed) => {
    signaling
      .request("produce", {
        transportId: transport.id,
        kind,
        rtpParameters: rtpParameters as never,
        appData: appData as { source: LiveSource },
      })
      .then(done, failed);
  });
  keepPath(transport, signaling, options.onBroken);
  return transport;
}
