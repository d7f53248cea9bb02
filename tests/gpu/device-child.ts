/** Opens a device, runs one submission, prints the result, and ends as its argument says. See device-process.test.ts. */
import { chooseDevice } from "../../src/devices/choose.ts";
import { DeviceError } from "../../src/devices/device.ts";
import { counterProgram } from "./hand-made.ts";

try {
  const { device, notice } = await chooseDevice();
  console.log(`${device.kind}: ${notice}`);
  const session = await device.load(counterProgram(64, device.profile.adapterClass));
  const submit = () => session.submit([{ program: "update", inputs: { step: Int32Array.of(1) } }]);
  const [outputs] = await submit();
  console.log(`first ${new Float32Array(outputs!.first!)[0]}`);
  const how = process.argv[2];
  if (how === "close-in-flight" || how === "exit") {
    for (let t = 0; t < 10; t++) submit().catch((error: unknown) => console.log(`${error}`));
  }
  if (how === "complain") console.error("complaint");
  if (how === "exit") process.exit(0);
  if (how === "close") session.close();
  if (how !== "leave-open") await device.close();
} catch (error) {
  if (!(error instanceof DeviceError)) throw error;
  console.log(`${error}\n${error.help}`);
  process.exitCode = 4;
}
