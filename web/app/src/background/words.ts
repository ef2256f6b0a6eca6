/** What pages and the service worker say to each other. */
export const FINISH = "finish";
export const FINISH_TAG = "greenroom-finish";
