/** The device without a GPU: buffers are ArrayBuffers, kernels are interpreted. For tests and for checking other targets. */
import type { Profile } from "../../ir/plan/profile.ts";
import type { Program } from "../../ir/plan/program.ts";
import { programViolations } from "../../ir/plan/verify-program.ts";
import { type Device, DeviceError, type Session } from "../device.ts";
import { ReferenceSession } from "./session.ts";

export function openReferenceDevice(profile: Profile): Device {
  return {
    description: "reference (interprets kernels in JavaScript)",
    kind: "reference",
    profile,
    load: async (program: Program): Promise<Session> => {
      if (program.target !== "reference") {
        throw new DeviceError(
          `a program for ${program.target} cannot be interpreted`,
          "compile it for the reference target",
        );
      }
      const [violation] = programViolations(program);
      if (violation !== undefined)
        throw new DeviceError(`a broken program: ${violation.constraint} ${violation.message}`);
      return new ReferenceSession(program);
    },
    close: async () => {},
  };
}
