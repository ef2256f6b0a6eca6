import { createApi } from "@greenroom/contract";

/** As the signed-in user: the session cookie speaks for them. */
export const api = createApi({ origin: location.origin });

/** As a participant of one session. */
export function participantApi(token: string) {
  return createApi({ origin: location.origin, token: () => token });
}
