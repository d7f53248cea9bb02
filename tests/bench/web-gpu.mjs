/** A browser's `navigator.gpu` for libraries that look for it, on the same adapter as llmc. */
import { create, globals } from "webgpu";

/** @returns {Promise<string>} the adapter's description */
export async function provideWebGpu() {
  const backend = process.platform === "linux" ? ["backend=vulkan"] : [];
  const gpu = create([...backend, "enable-dawn-features=allow_unsafe_apis,disable_robustness"]);
  const navigator = { gpu, userAgent: "node", hardwareConcurrency: 2 };
  Object.assign(globalThis, globals);
  Object.defineProperty(globalThis, "navigator", { value: navigator, configurable: true, writable: true });
  const adapter = await gpu.requestAdapter();
  if (adapter === null) throw new Error("no adapter");
  return adapter.info.description;
}
