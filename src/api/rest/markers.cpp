// Markers: moments of a take that somebody wants to find again.
#include "api/rest/rest.hpp"
#include "studio/studio.hpp"

namespace greenroom::api {

struct MarkerOrder : studio::NewMarker {
  studio::TakeId id;
};
BOOST_DESCRIBE_STRUCT(MarkerOrder, (studio::NewMarker), (id))

struct MarkerPath {
  studio::TakeId id;
  studio::MarkerId marker_id;
};
BOOST_DESCRIBE_STRUCT(MarkerPath, (), (id, marker_id))

struct MarkerEdit : studio::MarkerChange {
  studio::TakeId id;
  studio::MarkerId marker_id;
};
BOOST_DESCRIBE_STRUCT(MarkerEdit, (studio::MarkerChange), (id, marker_id))

namespace {

base::Result<Nothing> remove(const ApiDeps* deps, Context& context, const MarkerPath& in) {
  GREENROOM_CHECK_OK(deps->studio.remove_marker(context.actor, in.id, in.marker_id));
  return Nothing();
}

}  // namespace

Routes marker_routes(const ApiDeps* deps) {
  Routes routes;
  routes.push_back(
      route(Operation{.method = "POST",
                      .pattern = "/api/v1/takes/{id}/markers",
                      .id = "addMarker",
                      .tag = "takes",
                      .summary = "Mark a moment of a take, now or at a time of the server's clock",
                      .status = 201},
            [deps](Context& context, MarkerOrder in) { return deps->studio.add_marker(context.actor, in.id, in); }));
  routes.push_back(route(Operation{.method = "PATCH",
                                   .pattern = "/api/v1/takes/{id}/markers/{markerId}",
                                   .id = "changeMarker",
                                   .tag = "takes",
                                   .summary = "Rename or move a marker"},
                         [deps](Context& context, MarkerEdit in) {
                           return deps->studio.change_marker(context.actor, in.id, in.marker_id, in);
                         }));
  routes.push_back(route(Operation{.method = "DELETE",
                                   .pattern = "/api/v1/takes/{id}/markers/{markerId}",
                                   .id = "removeMarker",
                                   .tag = "takes",
                                   .summary = "Remove a marker"},
                         [deps](Context& context, MarkerPath in) { return remove(deps, context, in); }));
  return routes;
}

}  // namespace greenroom::api
