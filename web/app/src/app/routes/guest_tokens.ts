/** A guest who comes back (reload, crash, another day) is the same participant: the last token of this link proves it. */
const keyOf = (inviteToken: string) => `greenroom.guest.${inviteToken}`;

export function previousToken(inviteToken: string): string | undefined {
  try {
    return localStorage.getItem(keyOf(inviteToken)) ?? undefined;
  } catch {
    return undefined;
  }
}

export function rememberToken(inviteToken: string, participantToken: string): void {
  try {
    localStorage.setItem(keyOf(inviteToken), participantToken);
  } catch {
    // Without storage the guest is a new participant next time; the recording itself is kept elsewhere.
  }
}
