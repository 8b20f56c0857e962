// What `asap conformance client` starts: does the scenario that it is asked for, with asap-kit as the client. It loads what
// that scenario needs alone.
import type { Acts } from "./driver.js";

const notDone = 77;
const { ASAP_CONFORMANCE_SCENARIO: scenario = "", ASAP_CONFORMANCE_URL: url = "" } = process.env;

async function acts(): Promise<Acts> {
  if (/^(?:socket|ack|reconnect)/.test(scenario)) return (await import("./websocket.js")).socketActs;
  if (/^(?:bearer|oauth)-/.test(scenario)) return (await import("./tokens.js")).tokenActs;
  if (/^(?:manifest|health|registry)/.test(scenario)) return (await import("./finding.js")).findingActs;
  if (/^webhook/.test(scenario)) return (await import("./webhooks.js")).webhookActs;
  if (scenario === "discover") return (await import("./discovery.js")).discoveryActs;
  if (/^send|^answer-error$/.test(scenario)) return (await import("./http.js")).httpActs;
  return (await import("./calls.js")).callActs;
}

const act = (await acts())[scenario];
if (act === undefined) {
  console.error(`no scenario is called ${scenario}`);
  process.exitCode = notDone;
} else {
  await act(url);
}
