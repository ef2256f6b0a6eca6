import type { WorkspaceRole } from "@greenroom/contract";

/** What the screens offer; the server decides again. */
export function managesPeople(role: WorkspaceRole): boolean {
  return role === "owner" || role === "admin";
}

export function editsSessions(role: WorkspaceRole): boolean {
  return role !== "member";
}
