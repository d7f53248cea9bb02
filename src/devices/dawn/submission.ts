/**
 * Submissions: invocations that go to the device together. Their inputs stand one after the other in one upload, behind
 * the canary; their outputs likewise in one slot of the ring.
 */
import type { ProgramName } from "../../ir/graph/graph.ts";
import { canaryBytes, type Staging } from "../../ir/plan/staging.ts";
import { invariant } from "../../support/invariant.ts";
import { DeviceError, type Invocation, type Outputs } from "../device.ts";
import type { SessionMemory } from "./memory.ts";
import { encode, type Placement, packInputs, type Recording, type Timer, unpackOutputs } from "./recording.ts";

export type Recordings = Readonly<Partial<Record<ProgramName, Recording>>>;

export type Submission = {
  readonly invocations: readonly { readonly recording: Recording; readonly place: Placement }[];
  /** Inputs, copied; the canary's place is first. */
  readonly upload: Uint8Array<ArrayBuffer>;
  /** Bytes that come back, canary included. */
  readonly downBytes: number;
};

/** Packs invocations into as few submissions as the staging buffers allow: a training step is one. */
export function packSubmissions(
  invocations: readonly Invocation[],
  recordings: Recordings,
  { upload, ringSlot }: Staging,
): readonly Submission[] {
  const groups: Invocation[][] = [];
  let [up, down] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
  for (const invocation of invocations) {
    const recording = recordingOf(recordings, invocation.program);
    if (up + recording.up > upload || down + recording.down > ringSlot) {
      groups.push([]);
      [up, down] = [canaryBytes, canaryBytes];
    }
    groups.at(-1)?.push(invocation);
    up += recording.up;
    down += recording.down;
  }
  return groups.map((group) => packSubmission(group, recordings));
}

/** The commands of a submission: everything asked for, and the canary's way back. */
export function encodeSubmission(
  encoder: GPUCommandEncoder,
  { invocations }: Submission,
  memory: SessionMemory,
  slot: GPUBuffer,
  timer: Timer | null = null,
): void {
  for (const { recording, place } of invocations) encode(encoder, recording, memory, slot, place, timer);
  encoder.copyBufferToBuffer(memory.upload, 0, slot, 0, 4);
}

/** Sets the number by which the submission is recognised when it comes back. */
export function setCanary({ upload }: Submission, canary: number): void {
  new DataView(upload.buffer).setUint32(0, canary, true);
}

/** Outputs from what came back. Throws `DeviceError` where the canary is an older one: then nothing else is new either. */
export function unpackSubmission({ invocations }: Submission, bytes: Uint8Array, canary: number): readonly Outputs[] {
  const returned = new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true);
  if (returned !== canary) {
    throw new DeviceError(`the device dropped submission ${canary}: the last one that ran was ${returned}`);
  }
  return invocations.map(({ recording, place }) => unpackOutputs(recording, bytes.subarray(place.down)));
}

function packSubmission(group: readonly Invocation[], recordings: Recordings): Submission {
  let [up, down] = [canaryBytes, canaryBytes];
  const invocations = group.map(({ program }) => {
    const recording = recordingOf(recordings, program);
    const place = { up, down };
    up += recording.up;
    down += recording.down;
    return { recording, place };
  });
  const upload = new Uint8Array(up);
  for (const [index, { recording, place }] of invocations.entries()) {
    const { program, inputs } = group[index]!;
    packInputs(program, recording, inputs, upload.subarray(place.up));
  }
  return { invocations, upload, downBytes: down };
}

function recordingOf(recordings: Recordings, name: ProgramName): Recording {
  const recording = recordings[name];
  invariant(recording !== undefined, () => `the program has no ${name}`);
  return recording;
}
