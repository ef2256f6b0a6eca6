import { type UseMutationOptions, useMutation } from "@tanstack/react-query";
import { useRef } from "react";

/**
 * A mutation that makes something. The same content sent again, after a timeout or by a second press, carries the same
 * Idempotency-Key, so the server makes it once.
 */
export function useCreate<Input, Output>(
  create: (input: Input, intent: string) => Promise<Output>,
  options: Pick<UseMutationOptions<Output, Error, Input>, "onSuccess"> = {},
) {
  const last = useRef<{ content: string; intent: string }>(undefined);
  return useMutation<Output, Error, Input>({
    mutationFn: (input) => {
      const content = JSON.stringify(input);
      if (last.current?.content !== content) last.current = { content, intent: randomKey() };
      return create(input, last.current.intent);
    },
    onSuccess: (...all) => {
      last.current = undefined;
      return options.onSuccess?.(...all);
    },
  });
}

/** crypto.randomUUID needs https; a studio on a plain local address makes things too. */
function randomKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
