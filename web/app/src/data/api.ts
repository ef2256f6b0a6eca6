import { createApi, createRefresher } from "@greenroom/contract";

const { origin } = location;

export const refresher = createRefresher({ origin });

/** As the signed-in user: the session cookie speaks for them. */
export const api = createApi({ origin, refresher });

/** As a participant of one session. */
export function participantApi(token: string) {
  return createApi({ origin, token: () => token });
}
