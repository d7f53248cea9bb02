/**
 * Dawn prints warnings about drivers straight to the process's standard error: about limits it lowers, about a Vulkan
 * that is not there. What matters of it we say ourselves, so it is turned off, except with `NODE_DEBUG=dawn`.
 */
import { closeSync, fstatSync, openSync } from "node:fs";
import { debuglog } from "node:util";

const standardError = 2;

/**
 * Runs a synchronous call with the process's standard error closed. Only a terminal or a pipe can be opened a second
 * time with nothing lost; elsewhere (files share their position with standard output) the warnings stay. Only before the process has had a
 * device: a driver's threads write their caches, and a file that they open meanwhile would take standard error's number.
 */
export function quietly<T>(call: () => T): T {
  const kept = debuglog("dawn").enabled ? null : keep();
  if (kept === null) return call();
  try {
    reopen("/dev/null");
    return call();
  } finally {
    reopen(`/proc/self/fd/${kept}`);
    closeSync(kept);
  }
}

/** Another descriptor of standard error, or `null`. */
function keep(): number | null {
  try {
    const kind = fstatSync(standardError);
    if (process.platform !== "linux" || !(kind.isCharacterDevice() || kind.isFIFO())) return null;
    return openSync(`/proc/self/fd/${standardError}`, "a");
  } catch {
    return null;
  }
}

/** The lowest free number is given out first, so what is opened next stands in the place of what was closed. */
function reopen(path: string): void {
  closeSync(standardError);
  openSync(path, "a");
}
