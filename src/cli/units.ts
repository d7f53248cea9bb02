/** Numbers as people read them. */

/** Bytes in the largest binary unit that leaves at least one: `1.9 MiB`. */
export function bytes(count: number): string {
  const units = ["bytes", "KiB", "MiB", "GiB", "TiB"];
  const power = Math.min(units.length - 1, Math.floor(Math.log2(Math.max(count, 1)) / 10));
  return `${three(count / 1024 ** power)} ${units[power]}`;
}

/** `10.8 M`, `107 k`, `42`. */
export function count(value: number): string {
  const powers = ["", " k", " M", " G", " T", " P"];
  const power = Math.min(powers.length - 1, Math.max(0, Math.floor(Math.log10(Math.max(Math.abs(value), 1)) / 3)));
  return `${three(value / 1000 ** power)}${powers[power]}`;
}

/** `45 s`, `2 min 5 s`, `1 h 3 min`. */
export function duration(seconds: number): string {
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`;
}

/** With commas: `16,384`. */
export function whole(value: number): string {
  return value.toLocaleString("en");
}

/** Three digits, without zeros at the end. */
function three(value: number): string {
  return String(Number(value >= 100 ? value.toFixed(0) : value.toPrecision(3)));
}
