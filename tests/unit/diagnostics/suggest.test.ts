import { expect, test } from "vitest";
import { suggest } from "../../../src/diagnostics/suggest.ts";

const kinds = ["layer", "model", "optimizer", "schedule", "train", "data"];

test.each([
  ["modle", "model"],
  ["Model", "model"],
  ["optimiser", "optimizer"],
  ["trian", "train"],
  ["shedule", "schedule"],
  ["dta", "data"],
  ["zebra", null],
  ["x", null],
  ["model", null],
])("%s → %s", (word, expected) => expect(suggest(word, kinds)).toBe(expected));
