import { useParams } from "@tanstack/react-router";
import { HomePage } from "../../features/home/home_page";
import { ProjectPage } from "../../features/home/project_page";
import { Layout } from "../layout";

export function LayoutRoute() {
  return <Layout />;
}
export function HomeRoute() {
  return <HomePage />;
}
export function ProjectRoute() {
  return <ProjectPage id={useParams({ from: "/pages/projects/$id" }).id} />;
}
