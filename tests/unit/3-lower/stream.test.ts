import { describe, expect, it } from "vitest";
import { streamOf } from "../../../src/3-lower/stream.ts";

describe("streamOf", () => {
  // Vectors of the FNV reference implementation (draft-eastlake-fnv).
  it.each([
    ["", 0x811c9dc5],
    ["a", 0xe40c292c],
    ["foobar", 0xbf9cf968],
  ])("%j", (name, hash) => {
    expect(streamOf(name)).toBe(hash);
  });
});
