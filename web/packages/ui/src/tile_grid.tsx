import { Children, type ReactNode, useLayoutEffect, useRef, useState } from "react";
import { layoutTiles } from "./tile_layout";

const GAP = 8;

/** Lays its children out as the largest possible 16:9 tiles; they keep their element, so a video never restarts. */
export function TileGrid({ children }: { children: ReactNode }) {
  const box = useRef<HTMLDivElement>(null);
  const [size, setSize] = useState({ width: 0, height: 0 });
  useLayoutEffect(() => {
    const element = box.current;
    if (!element) return;
    const observer = new ResizeObserver(([entry]) => {
      if (entry) setSize({ width: entry.contentRect.width, height: entry.contentRect.height });
    });
    observer.observe(element);
    return () => observer.disconnect();
  }, []);

  const tiles = Children.toArray(children);
  const { width, height } = layoutTiles(tiles.length, size.width, size.height, GAP);
  return (
    <div
      ref={box}
      className="flex size-full flex-wrap content-center items-center justify-center gap-2 overflow-hidden"
    >
      {tiles.map((tile) => (
        <div key={(tile as { key: string }).key} style={{ width, height }}>
          {tile}
        </div>
      ))}
    </div>
  );
}
