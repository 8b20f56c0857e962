import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

const at = (path: string) => fileURLToPath(new URL(path, import.meta.url));

export default defineConfig({
  resolve: {
    alias: [
      { find: /^asap-kit$/, replacement: at("runtime/index.ts") },
      { find: /^asap-kit\/(node|conformance|codegen|registry|protocol)$/, replacement: at("$1-entry") },
    ],
  },
  test: {
    include: ["{codegen,generated,runtime,conformance,examples,spec}/**/*.test.ts"],
    testTimeout: 20_000,
    coverage: { provider: "v8", include: ["{codegen,runtime,conformance}/**/*.ts"], exclude: ["**/*.test.ts", "**/*.bench.ts"] },
  },
});
