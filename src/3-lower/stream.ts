/** The stream of a random tensor: 32-bit FNV-1a (Fowler, Noll & Vo) over the UTF-8 bytes of its name. */
export function streamOf(name: string): number {
  let hash = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(name)) hash = Math.imul(hash ^ byte, 0x01000193);
  return hash >>> 0;
}
