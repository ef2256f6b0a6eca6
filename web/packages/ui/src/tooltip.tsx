import {
  cloneElement,
  type DOMAttributes,
  lazy,
  type ReactElement,
  Suspense,
  useCallback,
  useEffect,
  useId,
  useRef,
  useState,
} from "react";

type Anchored = DOMAttributes<HTMLElement> & { "aria-describedby"?: string };

interface TooltipProps {
  label: string;
  keys?: string;
  children: ReactElement<Anchored>;
}

const PATIENCE_MS = 350;
/** Long enough to move the pointer onto the words themselves, which is how people read them enlarged. */
const GRACE_MS = 120;
/** After one was read the next shows at once. */
const SERIES_MS = 300;

let hiddenAt = Number.NEGATIVE_INFINITY;
const load = () => import("./tooltip_box");
const TooltipBox = lazy(load);

/** Words for whoever points at something or comes to it by keyboard. What places them is loaded when it is first needed. */
export function Tooltip({ label, keys, children }: TooltipProps) {
  const id = useId();
  const { anchor, plan, hide } = useAnchor();
  useEscape(anchor, hide);
  const given = children.props;
  const trigger = cloneElement(children, {
    "aria-describedby": anchor ? id : given["aria-describedby"],
    onPointerEnter: (event) => {
      given.onPointerEnter?.(event);
      if (event.pointerType === "touch") return;
      void load();
      plan(event.currentTarget, performance.now() - hiddenAt < SERIES_MS ? 0 : PATIENCE_MS);
    },
    onPointerLeave: (event) => {
      given.onPointerLeave?.(event);
      plan(undefined, GRACE_MS);
    },
    onPointerDown: (event) => {
      given.onPointerDown?.(event);
      hide();
    },
    onFocus: (event) => {
      given.onFocus?.(event);
      if (event.currentTarget.matches(":focus-visible")) plan(event.currentTarget, 0);
    },
    onBlur: (event) => {
      given.onBlur?.(event);
      hide();
    },
  });
  return (
    <>
      {trigger}
      {anchor && (
        <Suspense fallback={null}>
          <TooltipBox
            {...{ id, anchor, label, keys }}
            onEnter={() => plan(anchor, 0)}
            onLeave={() => plan(undefined, GRACE_MS)}
          />
        </Suspense>
      )}
    </>
  );
}

/** What the words stand beside, if they are shown; changed after a moment, unless something else happens first. */
function useAnchor() {
  const [anchor, setAnchor] = useState<HTMLElement>();
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const plan = useCallback((next: HTMLElement | undefined, afterMs: number) => {
    clearTimeout(timer.current);
    timer.current = setTimeout(() => {
      setAnchor((before) => {
        if (before && !next) hiddenAt = performance.now();
        return next;
      });
    }, afterMs);
  }, []);
  const hide = useCallback(() => {
    clearTimeout(timer.current);
    setAnchor(undefined);
  }, []);
  useEffect(() => () => clearTimeout(timer.current), []);
  return { anchor, plan, hide };
}

function useEscape(shown: unknown, hide: () => void): void {
  useEffect(() => {
    if (!shown) return;
    const onKey = (event: KeyboardEvent) => {
      if (event.key === "Escape") hide();
    };
    document.addEventListener("keydown", onKey);
    return () => document.removeEventListener("keydown", onKey);
  }, [shown, hide]);
}
