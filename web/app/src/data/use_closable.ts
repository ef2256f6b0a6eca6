import type { Uploads } from "@greenroom/core/uploader";
import { useSyncExternalStore } from "react";
import { background, isClosable } from "./background";

/** Whether this tab may be closed with the uploads it has: the browser is able to finish them by itself. */
export function useClosable(uploads: Uploads): boolean {
  return useSyncExternalStore(
    (listener) => {
      const offs = [uploads.store.subscribe(listener), background.subscribe(listener)];
      return () => {
        for (const off of offs) off();
      };
    },
    () => isClosable(uploads.store.getState().items),
  );
}
