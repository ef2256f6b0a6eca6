import {
  type AriaAttributes,
  cloneElement,
  type DOMAttributes,
  lazy,
  type ReactElement,
  type ReactNode,
  Suspense,
  useState,
} from "react";

export interface MenuItem {
  id: string;
  label: string;
  /** Beneath the label, quieter. */
  note?: string;
  icon?: ReactNode;
  /** One of several answers; the chosen one carries a tick. */
  checked?: boolean;
  disabled?: boolean;
  onSelect: () => void;
}
export type MenuEntry = MenuItem | { id: string; separator: true } | { id: string; heading: string };

export interface MenuProps {
  trigger: ReactElement<DOMAttributes<HTMLElement> & AriaAttributes>;
  items: MenuEntry[];
  align?: "start" | "end";
}

const load = () => import("./menu_box");
const MenuBox = lazy(load);

/** Its code comes when somebody reaches for the first one: no page needs one to be shown. */
export function Menu(props: MenuProps) {
  const [asked, setAsked] = useState(false);
  const waiting = cloneElement(props.trigger, {
    "aria-haspopup": "menu",
    "aria-expanded": false,
    onPointerEnter: load,
    onFocus: load,
    onClick: () => setAsked(true),
    onKeyDown: (event) => {
      if (event.key !== "ArrowDown") return;
      event.preventDefault();
      setAsked(true);
    },
  });
  if (!asked) return waiting;
  return (
    <Suspense fallback={waiting}>
      <MenuBox {...props} />
    </Suspense>
  );
}
