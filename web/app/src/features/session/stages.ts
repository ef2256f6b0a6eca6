import type { SessionDetail, Take } from "@greenroom/contract";

export interface Stage {
  id: "uploading" | "aligning" | "composing";
  state: "waiting" | "running" | "done";
  fraction?: number;
}

export interface PersonUpload {
  participantId: string;
  name: string;
  fraction: number;
}

/** The share of the whole job after which alignment is over; composing is nearly all of it. */
const ALIGNED_AT = 0.2;

export function stagesOf(session: SessionDetail): Stage[] {
  const people = uploadsByPerson(session.takes.at(-1));
  const uploaded = people.length ? people.reduce((sum, person) => sum + person.fraction, 0) / people.length : undefined;
  if (session.state === "uploading") {
    return [
      { id: "uploading", state: "running", fraction: uploaded },
      { id: "aligning", state: "waiting" },
      { id: "composing", state: "waiting" },
    ];
  }
  const fraction = session.job?.progress ?? 0;
  const aligning = session.job ? isAligning(session.job.stage, fraction) : true;
  return [
    { id: "uploading", state: "done" },
    { id: "aligning", state: aligning ? "running" : "done", fraction: Math.min(1, fraction / ALIGNED_AT) },
    { id: "composing", state: aligning ? "waiting" : "running", fraction },
  ];
}

/** The job's own word for its stage where it is one of ours, else how far it is. */
function isAligning(stage: string, fraction: number): boolean {
  if (/align|probe|decode|gather|prepare/i.test(stage)) return true;
  if (/compos|mix|encod|master|package|render|finish/i.test(stage)) return false;
  return fraction < ALIGNED_AT;
}

/** How much of what each person has recorded is here; the server's own backups are not waited for. */
export function uploadsByPerson(take: Take | undefined): PersonUpload[] {
  const people = new Map<string, { name: string; here: number; whole: number }>();
  for (const stem of take?.stems ?? []) {
    if (stem.origin !== "local") continue;
    const person = people.get(stem.participantId) ?? { name: stem.participantName, here: 0, whole: 0 };
    const complete = stem.state !== "recording";
    const here = complete ? stem.bytes : (stem.uploadedBytes ?? 0);
    // Until the browser has told the length, at least a little is still to come.
    const whole = complete ? stem.bytes : Math.max(stem.bytes, here * 1.02, 1);
    people.set(stem.participantId, { name: person.name, here: person.here + here, whole: person.whole + whole });
  }
  return [...people].map(([participantId, { name, here, whole }]) => ({
    participantId,
    name,
    fraction: whole > 0 ? Math.min(1, here / whole) : 1,
  }));
}
