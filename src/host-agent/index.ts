export { type ServeChildrenOptions, serveChildren } from "./embedded.ts";
