export * from "./client";
export * from "./events";
export * from "./model";
export * from "./refresh";
export { ApiError, type ApiOptions } from "./send";
