import { useParams } from "@tanstack/react-router";
import { SessionPage } from "../../features/session/session_page";

export default function SessionRoute() {
  return <SessionPage id={useParams({ from: "/pages/sessions/$id" }).id} />;
}
