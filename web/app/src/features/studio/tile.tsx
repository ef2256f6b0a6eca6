import type { Devices } from "@greenroom/core/devices";
import type { PeerView, Studio } from "@greenroom/core/session";
import { Avatar, classes } from "@greenroom/ui";
import { MicOff } from "lucide-react";
import { type ReactNode, useEffect, useRef } from "react";
import { useStore } from "zustand";
import { t } from "../../i18n";
import { OwnSignal, PeerSignal } from "./signal_mark";

interface FrameProps {
  name: string;
  video: MediaStreamTrack | undefined;
  audio?: MediaStreamTrack;
  mirrored?: boolean;
  muted?: boolean;
  speaking?: boolean;
  contain?: boolean;
  self?: boolean;
  kind?: "person" | "screen";
  signal?: ReactNode;
}

/** One person's picture and sound. The box stays as it is while a stream starts, stops or is replaced. */
function Frame({ name, video, audio, mirrored, muted, speaking, contain, self, kind = "person", signal }: FrameProps) {
  const picture = useTrack<HTMLVideoElement>(video);
  const sound = useTrack<HTMLAudioElement>(audio);
  return (
    <figure
      data-testid={kind === "person" ? "tile" : "screen-tile"}
      data-participant-name={name}
      data-self={self ? "true" : undefined}
      data-has-video={video ? "true" : "false"}
      data-has-audio={audio ? "true" : "false"}
      className="relative size-full overflow-hidden rounded-md bg-surface"
    >
      <div className={classes("absolute inset-0 flex items-center justify-center", video && "invisible")}>
        <Avatar name={name} className="aspect-square h-2/5 max-h-28 text-lg" />
      </div>
      <video
        ref={picture}
        autoPlay
        playsInline
        muted
        data-testid={kind === "person" ? "tile-video" : "screen-video"}
        className={classes(
          "absolute inset-0 size-full",
          contain ? "object-contain" : "object-cover",
          mirrored && "-scale-x-100",
          !video && "invisible",
        )}
      />
      {/* Played by an element of its own, not by Web Audio, so that the browser's echo canceller knows it. */}
      {!self && (
        // biome-ignore lint/a11y/useMediaCaption: live speech has no captions yet
        <audio ref={sound} autoPlay data-testid="tile-audio" />
      )}
      <figcaption className="absolute bottom-2 left-2 flex max-w-[calc(100%-1rem)] items-center gap-2 rounded-sm bg-scrim px-2 py-1 text-xs text-text">
        {muted && <MicOff className="size-3.5 shrink-0" aria-label={t("stage.muted")} />}
        <span className="truncate">{name}</span>
      </figcaption>
      <div
        aria-hidden
        className={classes(
          "pointer-events-none absolute inset-0 rounded-md border-2 transition-colors duration-150",
          speaking && !muted ? "border-accent" : "border-transparent",
        )}
      />
      {signal}
    </figure>
  );
}

function useTrack<E extends HTMLMediaElement>(track: MediaStreamTrack | undefined) {
  const element = useRef<E>(null);
  useEffect(() => {
    if (!element.current) return;
    element.current.srcObject = track ? new MediaStream([track]) : null;
    if (track) void element.current.play().catch(() => undefined);
  }, [track]);
  return element;
}

interface TileProps {
  studio: Studio;
  peer: PeerView;
  speaking: boolean;
}

export function Tile({ studio, peer, speaking }: TileProps) {
  return (
    <Frame
      name={peer.name}
      video={peer.tracks.camera}
      audio={peer.tracks.mic}
      muted={peer.micPaused || !peer.tracks.mic}
      speaking={speaking}
      signal={<PeerSignal studio={studio} of={peer.key} name={peer.name} />}
    />
  );
}

Tile.Screen = function ScreenTile({ name, track }: { name: string; track: MediaStreamTrack }) {
  return <Frame name={t("stage.screenOf", { name })} video={track} contain kind="screen" self />;
};

interface SelfTileProps {
  studio: Studio;
  devices: Devices;
  speaking: boolean;
  onSignal: () => void;
}

export function SelfTile({ studio, devices, speaking, onSignal }: SelfTileProps) {
  const { camera, micOn, microphone } = useStore(devices.store);
  const { name } = studio.admission.participant;
  return (
    <Frame
      name={name || t("stage.you")}
      video={camera}
      mirrored
      muted={!micOn || !microphone}
      speaking={speaking}
      signal={<OwnSignal studio={studio} onOpen={onSignal} />}
      self
    />
  );
}
