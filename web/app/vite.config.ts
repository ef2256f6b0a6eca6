import tailwindcss from "@tailwindcss/vite";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

const server = process.env.GREENROOM_SERVER ?? "http://127.0.0.1:4000";
const proxy = Object.fromEntries(
  ["/api", "/media", "/socket.io", "/health"].map((path) => [path, { target: server, ws: path === "/socket.io" }]),
);

function isShell(id: string): boolean {
  if (/packages\/ui\/src\/(menu_box|tooltip_box|dialog_box|popover|level_meter|tile_)/.test(id)) return false;
  if (/app\/src\/parts\/(device_pickers|session_f|code_field|copy_button|conflict)/.test(id)) return false;
  if (/app\/src\/data\/(recording|unfinished|live_cache|background|use_closable)/.test(id)) return false;
  return /app\/src\/(parts|data|i18n|commands)\/|packages\/(ui|contract)\/src\/|lucide-react|openapi-fetch|zustand/.test(
    id,
  );
}

export default defineConfig({
  plugins: [react(), tailwindcss()],
  server: { port: 5173, proxy },
  preview: { port: 5174, proxy },
  worker: { format: "es" },
  build: {
    target: "es2022",
    // The capture worklet must be a file of its own: browsers refuse worklets from data: URLs under a strict policy.
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 400,
    rolldownOptions: {
      output: {
        codeSplitting: {
          groups: [
            // What hardly ever changes is cached apart from what changes with each version.
            { name: "react", test: /node_modules\/(react|react-dom|scheduler)\// },
            { name: "tanstack", test: /node_modules\/@tanstack\// },
            // One file of what nearly every page uses, instead of a request for each of thirty small ones.
            { name: "shell", test: isShell },
          ],
        },
      },
    },
  },
});
