/** Everything of the package that needs Node: serving agents over HTTP, and stores. */
export { openTaskStore } from "./state/open.js";
export { openSqliteTasks } from "./state/sqlite.js";
export { createFetchHandler, type ServeOptions, type Server, serve } from "./transport/node.js";
