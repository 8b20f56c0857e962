import { discover } from "asap-kit";
import type { Acts } from "./driver.js";

/** Scenarios of finding an agent. */
export const discoveryActs: Acts = {
  async discover(url) {
    await discover(url);
  },
};
