// Imported by a test, this lets what the test forks run as it stands in the TypeScript sources.
const hooks = new URL("./typescript-hooks.mjs", import.meta.url).href;
const start = `import { register } from "node:module"; register(${JSON.stringify(hooks)});`;
process.execArgv.push("--import", `data:text/javascript,${encodeURIComponent(start)}`);
