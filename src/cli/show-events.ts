/** Events of jobs for people: progress on stderr, results on stdout. With --json every event is a line on stdout. */
import { createLogUpdate } from "log-update";
import type { JobEvent } from "../jobs/events.ts";
import { eventLine } from "./event-line.ts";
import { writeError, writeOut } from "./output.ts";
import { progressLine } from "./progress-line.ts";

export type EventView = {
  readonly event: (event: JobEvent) => void;
  /** Clears what is live. */
  readonly end: () => void;
};

/** On a terminal a live line follows the steps; elsewhere only whole lines are written, none for a step. */
export function showEvents(json: boolean): EventView {
  if (json) return { event: (event) => writeOut(`${JSON.stringify(event)}\n`), end: () => {} };
  const live = process.stderr.isTTY ? createLogUpdate(process.stderr) : null;
  let speed: number | null = null;
  let drawn = Number.NEGATIVE_INFINITY;
  let textIsOpen = false;

  const closeText = () => {
    live?.clear();
    if (textIsOpen) writeOut("\n");
    textIsOpen = false;
  };
  const step = (event: Extract<JobEvent, { readonly kind: "step" }>) => {
    speed = event.record.tokens_per_sec ?? null;
    const now = performance.now();
    if (live === null || now - drawn < redrawMilliseconds) return;
    drawn = now;
    live(progressLine(event.job, event.record, event.steps, speed ?? 0));
  };
  const event = (event: JobEvent) => {
    if (event.kind === "step") step(event);
    else if (event.kind === "text") {
      live?.clear();
      textIsOpen = true;
      writeOut(event.text);
    } else {
      if (event.kind === "started") speed = null;
      const line = eventLine(event, speed);
      if (line === null) return;
      closeText();
      writeError(line);
    }
  };
  return { event, end: closeText };
}

const redrawMilliseconds = 80;
