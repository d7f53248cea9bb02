/** Which documentation comment belongs to what: lines of `##` that end on the line before. */
import type { IToken } from "chevrotain";
import type { Comment } from "./ast.ts";

/** For the offset of a token, the text of the `##` lines right above it, each alone on its line and none left blank between. */
export function docFinder(
  text: string,
  comments: readonly Comment[],
  tokens: readonly IToken[],
): (offset: number) => string {
  const docAt = new Map<number, string>();
  let next = 0;
  let lines: string[] = [];
  let end = -1;
  const flush = (): void => {
    const token = tokens[next];
    if (lines.length > 0 && token !== undefined && adjoins(text, end, token.startOffset)) {
      docAt.set(token.startOffset, lines.join("\n"));
    }
    lines = [];
  };
  for (const comment of comments) {
    if (!comment.doc || !aloneOnLine(text, comment)) continue;
    if (lines.length > 0 && !adjoins(text, end, comment.span.start)) flush();
    while (next < tokens.length && tokens[next]!.startOffset < comment.span.start) next++;
    lines.push(comment.text.replace(/^## ?/, ""));
    end = comment.span.end;
  }
  flush();
  return (offset) => docAt.get(offset) ?? "";
}

function aloneOnLine(text: string, comment: Comment): boolean {
  let i = comment.span.start - 1;
  while (text[i] === " " || text[i] === "\t") i--;
  return i < 0 || text[i] === "\n";
}

/** Only spaces and one line break between two offsets. */
function adjoins(text: string, from: number, to: number): boolean {
  if (to - from > 400) return false;
  const between = text.slice(from, to);
  return between.trim() === "" && between.split("\n").length <= 2;
}
