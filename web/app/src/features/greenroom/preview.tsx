import type { Devices } from "@greenroom/core/devices";
import { IconButton } from "@greenroom/ui";
import { Mic, MicOff, Video, VideoOff } from "lucide-react";
import { useEffect, useRef } from "react";
import { useStore } from "zustand";
import { t } from "../../i18n";

export function Preview({ devices }: { devices: Devices }) {
  const { camera, cameraOn, cameraProblem, micOn, opening } = useStore(devices.store);
  const video = useRef<HTMLVideoElement>(null);
  useEffect(() => {
    if (video.current) video.current.srcObject = camera ? new MediaStream([camera]) : null;
  }, [camera]);
  return (
    <div className="relative aspect-video overflow-hidden rounded-lg border bg-surface">
      <video
        ref={video}
        muted
        autoPlay
        playsInline
        aria-label={t("join.preview")}
        data-testid="preview"
        className="absolute inset-0 size-full -scale-x-100 object-cover"
      />
      {!camera && (
        <p className="absolute inset-0 flex items-center justify-center px-6 text-center text-text-quiet">
          {opening ? t("join.opening") : cameraProblem ? t(`device.${cameraProblem}.camera`) : t("join.cameraOff")}
        </p>
      )}
      <div className="absolute inset-x-0 bottom-3 flex justify-center gap-2">
        <IconButton
          tone="plain"
          label={t(micOn ? "control.mic.off" : "control.mic.on")}
          icon={micOn ? <Mic className="size-5" /> : <MicOff className="size-5 text-risk" />}
          onClick={() => devices.setMicOn(!micOn)}
        />
        <IconButton
          tone="plain"
          label={t(cameraOn ? "control.camera.off" : "control.camera.on")}
          icon={cameraOn ? <Video className="size-5" /> : <VideoOff className="size-5 text-risk" />}
          onClick={() => void devices.setCameraOn(!cameraOn)}
        />
      </div>
    </div>
  );
}
