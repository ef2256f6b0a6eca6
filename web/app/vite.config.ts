import tailwindcss from "@tailwindcss/vite";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

const server = process.env.GREENROOM_SERVER ?? "http://127.0.0.1:4000";
const proxy = Object.fromEntries(
  ["/api", "/media", "/socket.io", "/health"].map((path) => [path, { target: server, ws: path === "/socket.io" }]),
);

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
      // What every page needs and hardly ever changes is cached apart from what changes with each version.
      output: {
        codeSplitting: {
          groups: [
            { name: "react", test: /node_modules\/(react|react-dom|scheduler)\// },
            { name: "tanstack", test: /node_modules\/@tanstack\// },
            { name: "icons", test: /node_modules\/lucide-react\// },
          ],
        },
      },
    },
  },
});
