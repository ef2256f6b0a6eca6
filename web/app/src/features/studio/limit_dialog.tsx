import type { RecordingLimit } from "@greenroom/contract";
import type { Studio } from "@greenroom/core/session";
import { Button, Choice, Dialog, Segments } from "@greenroom/ui";
import { useState } from "react";
import { bitrate, t } from "../../i18n";
import { isLimited } from "./limit_words";

const HEIGHTS = [360, 540, 720];
const RATES = [10, 15, 24];
const KBITS = [600, 1_200, 2_500];

interface LimitDialogProps {
  studio: Studio;
  person: { id: string; name: string };
  limit: RecordingLimit;
  onClose: () => void;
}

/** One person's recording, lowered for a device or a line that cannot keep up. */
export function LimitDialog({ studio, person, limit, onClose }: LimitDialogProps) {
  const [value, setValue] = useState(limit);
  const save = () => {
    void studio.people.limitRecording(person.id, isLimited(value) ? value : null);
    onClose();
  };
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={t("limit.title", { name: person.name })}
      description={t("limit.text")}
      closeLabel={t("app.close")}
    >
      <div className="mt-4 flex flex-col gap-4" data-testid="limit-dialog">
        <Segments
          label={t("limit.what")}
          value={value.audioOnly ? "audioOnly" : "everything"}
          onChange={(what) => setValue(what === "audioOnly" ? { audioOnly: true } : {})}
          options={(["everything", "audioOnly"] as const).map((each) => ({
            value: each,
            label: t(`limit.${each}`),
            testid: `limit-${each}`,
          }))}
        />
        <PictureLimits value={value} onChange={setValue} />
      </div>
      <div className="mt-6 flex justify-end gap-2">
        <Button tone="quiet" onClick={onClose}>
          {t("app.cancel")}
        </Button>
        <Button tone="primary" onClick={save} data-testid="limit-save">
          {t("limit.save")}
        </Button>
      </div>
    </Dialog>
  );
}

/** They keep their place where only sound is recorded, so that nothing jumps. */
function PictureLimits({ value, onChange }: { value: RecordingLimit; onChange: (value: RecordingLimit) => void }) {
  const { audioOnly, videoHeight, frameRate, videoKbits } = value;
  const set = (change: RecordingLimit) => {
    const entries = Object.entries({ videoHeight, frameRate, videoKbits, ...change }).filter(([, each]) => each);
    onChange(Object.fromEntries(entries));
  };
  return (
    <div className="grid gap-4 sm:grid-cols-3">
      <Choice
        label={t("limit.picture")}
        disabled={audioOnly}
        value={String(videoHeight ?? "")}
        options={[noLimit, ...HEIGHTS.map((height) => option(height, `${height}p`))]}
        onChange={(height) => set({ videoHeight: Number(height) })}
        testid="limit-height"
      />
      <Choice
        label={t("limit.frameRate")}
        disabled={audioOnly}
        value={String(frameRate ?? "")}
        options={[noLimit, ...RATES.map((rate) => option(rate, String(rate)))]}
        onChange={(rate) => set({ frameRate: Number(rate) })}
        testid="limit-rate"
      />
      <Choice
        label={t("limit.bitrate")}
        disabled={audioOnly}
        value={String(videoKbits ?? "")}
        options={[noLimit, ...KBITS.map((kbits) => option(kbits, bitrate(kbits * 1_000)))]}
        onChange={(kbits) => set({ videoKbits: Number(kbits) })}
        testid="limit-kbits"
      />
    </div>
  );
}

const noLimit = { value: "", label: t("limit.none") };

function option(value: number, label: string) {
  return { value: String(value), label };
}
