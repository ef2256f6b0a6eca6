import { expect, it } from "vitest";
import type { Refreshed, Refresher } from "./refresh";
import { send } from "./send";

const problem = (type: string) => new Response(JSON.stringify({ type }), { status: 401 });

function server(answers: Response[], refreshed: Refreshed = "renewed") {
  const bodies: string[] = [];
  let refreshes = 0;
  const refresher: Refresher = {
    refresh: async () => {
      refreshes += 1;
      return refreshed;
    },
    freshen: async () => undefined,
    renewed: () => undefined,
  };
  const fetch = (async (request: Request) => {
    bodies.push(await request.text());
    return answers.shift() as Response;
  }) as unknown as typeof globalThis.fetch;
  const post = () =>
    send(new Request("http://greenroom.test/api/v1/sessions", { method: "POST", body: "{}" }), {
      origin: "http://greenroom.test",
      fetch,
      refresher,
    });
  return { post, bodies, refreshes: () => refreshes };
}

it("sends the same request again with new cookies", async () => {
  const { post, bodies, refreshes } = server([
    problem("/problems/people.sign_in"),
    new Response("{}", { status: 201 }),
  ]);
  expect((await post()).status).toBe(201);
  expect(bodies).toEqual(["{}", "{}"]);
  expect(refreshes()).toBe(1);
});

it("leaves a wrong password alone", async () => {
  const { post, refreshes } = server([problem("/problems/people.wrong_password")]);
  const answer = await post();
  expect(answer.status).toBe(401);
  expect(await answer.json()).toEqual({ type: "/problems/people.wrong_password" });
  expect(refreshes()).toBe(0);
});

it("gives the refusal back when the login is over", async () => {
  const { post, bodies } = server([problem("/problems/people.sign_in")], "over");
  expect((await post()).status).toBe(401);
  expect(bodies.length).toBe(1);
});

it("signs nobody out because the server is away", async () => {
  const { post } = server([problem("/problems/people.sign_in")], "unknown");
  await expect(post()).rejects.toMatchObject({ status: 0, transient: true, signedOut: false });
});
