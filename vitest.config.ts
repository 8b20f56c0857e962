import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

const at = (path: string) => fileURLToPath(new URL(path, import.meta.url));

// ASAP_TEST_REPORT=1 adds line coverage, with its floor, and a JSON report.
export default defineConfig({
  resolve: {
    alias: [
      { find: "#egress", replacement: at("runtime/egress-node.ts") },
      { find: "#websocket", replacement: at("runtime/transport/websocket-node.ts") },
      { find: /^asap-kit$/, replacement: at("runtime/index.ts") },
      { find: /^asap-kit\/node$/, replacement: at("runtime/node.ts") },
      { find: /^asap-kit\/auth$/, replacement: at("runtime/auth.ts") },
      { find: /^asap-kit\/webhooks\/verify$/, replacement: at("runtime/webhooks/verify.ts") },
      { find: /^asap-kit\/registry$/, replacement: at("runtime/registry.ts") },
      { find: /^asap-kit\/protocol$/, replacement: at("generated/index.ts") },
      { find: /^asap-kit\/validators\/(.*)$/, replacement: at("generated/validators/$1.js") },
      { find: /^asap-kit\/codegen$/, replacement: at("codegen/index.ts") },
      { find: /^asap-kit\/conformance$/, replacement: at("conformance/index.ts") },
    ],
  },
  test: {
    include: ["{codegen,generated,runtime,conformance,examples,spec,.ci}/**/*.test.ts"],
    testTimeout: 20_000,
    maxWorkers: 3,
    maxConcurrency: 10,
    ...(process.env.ASAP_TEST_REPORT === "1" && {
      reporters: ["default", "json"],
      outputFile: { json: ".asap/tests.json" },
    }),
    coverage: {
      enabled: process.env.ASAP_TEST_REPORT === "1",
      provider: "v8",
      reportOnFailure: true,
      reporter: ["text-summary", "json-summary", "html"],
      reportsDirectory: "coverage",
      include: ["{codegen,runtime,conformance}/**/*.ts"],
      exclude: ["**/*.test.ts", "**/*.bench.ts", "**/testing/**"],
      thresholds: { lines: 95 },
    },
  },
});
