/** print∘parse is the identity on trees, places aside. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { printFile } from "../../../src/1-parse/print.ts";
import { printExpr } from "../../../src/1-parse/print-expr.ts";
import { exprs, files } from "./generate.ts";
import { expression, parsed, programs, withoutSpans } from "./support.ts";

const itemsOf = (text: string) => withoutSpans(parsed(text).items);

describe("the design's programs come back as they were", () => {
  test.each(programs)("$name", ({ text }) => {
    const printed = printFile(parsed(text));
    expect(itemsOf(printed)).toEqual(itemsOf(text));
    expect(printFile(parsed(printed))).toBe(printed);
  });
});

describe("any tree comes back as it was", () => {
  test("expressions", () => {
    const law = fc.property(exprs, (expr) => {
      expect(withoutSpans(expression(printExpr(expr, "")))).toEqual(withoutSpans(expr));
    });
    fc.assert(law, { numRuns: 1500 });
  });

  test("files", () => {
    const law = fc.property(files, (file) => {
      expect(itemsOf(printFile(file))).toEqual(withoutSpans(file.items));
    });
    fc.assert(law, { numRuns: 600 });
  });
});

test("the canonical form", () => {
  const text = `use std.{Linear,adamw}
T=256 D=384
## A block.
layer Block(D:dim,p:float=0.0) where D%2==0,p<1 { up=Linear(D,4*D) w:param[D]?=none fn forward(x:[B,T,D])->[B,T,D]{ for b in blocks {x=b(x)} return (x+1)*-x**2 } }
train t { ...base tune=lora(rank=16,alpha=32,dropout=0.05,on="blocks.*.attn.{q,k,v,o}",frozen=int4(nf4,block=64)) split={train=90%,val=10%} }`;
  expect(`\n${printFile(parsed(text))}`).toMatchInlineSnapshot(`
    "
    use std.{Linear, adamw}

    T = 256
    D = 384

    ## A block.
    layer Block(D: dim, p: float = 0.0) where D % 2 == 0, p < 1 {
      up = Linear(D, 4 * D)
      w: param[D]? = none
      fn forward(x: [B, T, D]) -> [B, T, D] {
        for b in blocks {
          x = b(x)
        }
        return (x + 1) * -x ** 2
      }
    }

    train t {
      ...base
      tune = lora(
        rank = 16,
        alpha = 32,
        dropout = 0.05,
        on = "blocks.*.attn.{q,k,v,o}",
        frozen = int4(nf4, block = 64),
      )
      split = { train = 90%, val = 10% }
    }
    "
  `);
});
