// Stems: a participant's own recording of one source in a take, announced before its bytes are uploaded.
#include "api/rest/rest.hpp"
#include "studio/studio.hpp"

namespace greenroom::api {

struct StemAnnouncement : studio::NewStem {
  studio::TakeId id;
};
BOOST_DESCRIBE_STRUCT(StemAnnouncement, (studio::NewStem), (id))

namespace {

base::Result<studio::StemTicket> announce(const ApiDeps* deps, Context& context, const StemAnnouncement& in) {
  GREENROOM_TRY(auto ticket, deps->studio.create_stem(context.actor, in.id, in));
  if (!ticket.created) context.status = 200;
  context.headers.set("Location", ticket.upload_url);
  return ticket;
}

}  // namespace

Routes stem_routes(const ApiDeps* deps) {
  Routes routes;
  routes.push_back(route(Operation{.method = "POST",
                                   .pattern = "/api/v1/takes/{id}/stems",
                                   .id = "announceStem",
                                   .tag = "takes",
                                   .summary = "Announce a stem; the same clientKey gives the same stem (200)",
                                   .auth = Auth::participant,
                                   .status = 201,
                                   .also = {200}},
                         [deps](Context& context, StemAnnouncement in) { return announce(deps, context, in); }));
  return routes;
}

}  // namespace greenroom::api
