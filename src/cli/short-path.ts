/** A path as people would write it: relative to here where that is shorter. */
import { relative } from "node:path";

export function shortPath(path: string): string {
  const here = relative(process.cwd(), path);
  return here.length > 0 && here.length < path.length ? here : path;
}
