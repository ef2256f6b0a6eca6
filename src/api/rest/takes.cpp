// Takes: from record to stop.
#include "api/rest/rest.hpp"
#include "studio/studio.hpp"

namespace greenroom::api {

struct TakePath {
  studio::TakeId id;
};
BOOST_DESCRIBE_STRUCT(TakePath, (), (id))

struct TakeStart {
  studio::SessionId id;
};
BOOST_DESCRIBE_STRUCT(TakeStart, (), (id))

struct TakeWait : studio::Patience {
  studio::TakeId id;
};
BOOST_DESCRIBE_STRUCT(TakeWait, (studio::Patience), (id))

namespace {

base::Result<studio::Take> start(const ApiDeps* deps, Context& context, const TakeStart& in) {
  GREENROOM_TRY(auto take, deps->studio.start_take(context.actor, in.id));
  context.headers.set("Location", "/api/v1/takes/" + take.id.str());
  return take;
}

}  // namespace

Routes take_routes(const ApiDeps* deps) {
  Routes routes;
  routes.push_back(route(Operation{.method = "POST",
                                   .pattern = "/api/v1/sessions/{id}/takes",
                                   .id = "startTake",
                                   .tag = "takes",
                                   .summary = "Press record",
                                   .status = 201},
                         [deps](Context& context, TakeStart in) { return start(deps, context, in); }));
  routes.push_back(route(Operation{.method = "GET",
                                   .pattern = "/api/v1/takes/{id}",
                                   .id = "getTake",
                                   .tag = "takes",
                                   .summary = "A take with its stems"},
                         [deps](Context& context, TakePath in) { return deps->studio.take(context.actor, in.id); }));
  routes.push_back(
      route(Operation{.method = "POST",
                      .pattern = "/api/v1/takes/{id}/stop",
                      .id = "stopTake",
                      .tag = "takes",
                      .summary = "Press stop; the result is made once every stem has arrived"},
            [deps](Context& context, TakePath in) { return deps->studio.stop_take(context.actor, in.id); }));
  routes.push_back(route(
      Operation{.method = "POST",
                .pattern = "/api/v1/takes/{id}/pause",
                .id = "pauseTake",
                .tag = "takes",
                .summary = "Record nothing until the take is resumed; the result leaves the pause out"},
      [deps](Context& context, TakePath in) { return deps->studio.set_take_paused(context.actor, in.id, true); }));
  routes.push_back(route(
      Operation{.method = "POST",
                .pattern = "/api/v1/takes/{id}/resume",
                .id = "resumeTake",
                .tag = "takes",
                .summary = "Go on recording after a pause"},
      [deps](Context& context, TakePath in) { return deps->studio.set_take_paused(context.actor, in.id, false); }));
  routes.push_back(
      route(Operation{.method = "POST",
                      .pattern = "/api/v1/takes/{id}/wait",
                      .id = "shortenWait",
                      .tag = "takes",
                      .summary = "Wait for missing stems no longer than so many seconds from now; only ever shortens"},
            [deps](Context& context, TakeWait in) { return deps->studio.shorten_wait(context.actor, in.id, in); }));
  routes.push_back(
      route(Operation{.method = "POST",
                      .pattern = "/api/v1/takes/{id}/finish",
                      .id = "finishTake",
                      .tag = "takes",
                      .summary = "Make the result from what has arrived, waiting for no more"},
            [deps](Context& context, TakePath in) { return deps->studio.finish_take(context.actor, in.id); }));
  return routes;
}

}  // namespace greenroom::api
