/** `llmc doctor`: prints the report; exit 4 where no device works. */
import { command } from "./command.ts";
import { doctor, isHealthy, renderDoctor } from "./doctor.ts";
import { exitCodes } from "./exit-codes.ts";
import { writeOutLine } from "./output.ts";

export function showDoctor(options: { readonly device?: string; readonly json?: boolean }): Promise<number> {
  return command(options, async () => {
    const report = await doctor(options.device);
    writeOutLine(options.json ? JSON.stringify(report) : renderDoctor(report));
    return isHealthy(report) ? exitCodes.ok : exitCodes.device;
  });
}
