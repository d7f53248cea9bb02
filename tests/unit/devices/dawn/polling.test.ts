import { setImmediate } from "node:timers/promises";
import { expect, test, vi } from "vitest";
import { Poller } from "../../../../src/devices/dawn/polling.ts";

/** Pauses within some turns of the event loop. */
async function pausesIn(turns: number): Promise<number> {
  const pause = vi.spyOn(Atomics, "wait");
  for (let turn = 0; turn < turns; turn++) await setImmediate();
  const { length } = pause.mock.calls;
  pause.mockRestore();
  return length;
}

test("pauses once a turn of the event loop while a promise is open, and not after", async () => {
  const poller = new Poller(true);
  const { promise, resolve } = deferred();
  const waiting = [poller.wait(promise), poller.wait(promise)];
  const during = await pausesIn(20);
  expect(during).toBeGreaterThanOrEqual(18);
  expect(during).toBeLessThanOrEqual(21);
  resolve("value");
  expect(await Promise.all(waiting)).toEqual(["value", "value"]);
  await setImmediate();
  expect(await pausesIn(20)).toBe(0);
});

test("one promise after another keeps one loop", async () => {
  const poller = new Poller(true);
  for (let i = 0; i < 50; i++) await poller.wait(Promise.resolve());
  const { promise, resolve } = deferred();
  const waiting = poller.wait(promise);
  expect(await pausesIn(20)).toBeLessThanOrEqual(21);
  resolve("");
  await waiting;
});

test("never pauses for a GPU", async () => {
  const poller = new Poller(false);
  const { promise, resolve } = deferred();
  const waiting = poller.wait(promise);
  expect(await pausesIn(5)).toBe(0);
  resolve("");
  await waiting;
});

test("a failure comes through and ends the pauses", async () => {
  const poller = new Poller(true);
  await expect(poller.wait(Promise.reject(new Error("lost")))).rejects.toThrow("lost");
  await setImmediate();
  expect(await pausesIn(5)).toBe(0);
});

function deferred(): { promise: Promise<string>; resolve: (value: string) => void } {
  let resolve: (value: string) => void = () => {};
  const promise = new Promise<string>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}
