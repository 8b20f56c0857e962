/** Everything of the package that needs Node: serving agents over HTTP. */
export { createFetchHandler, type ServeOptions, type Server, serve } from "./transport/node.js";
