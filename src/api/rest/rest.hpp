// The routes of REST, one function per resource. With null deps the list serves to be described only.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "api/api.hpp"
#include "api/route.hpp"

namespace greenroom::api {

inline constexpr std::string_view access_cookie_name = "greenroom_access";

using Routes = std::vector<Route>;

Routes operation_routes(const ApiDeps* deps);  // /health, /ready, /stats, /metrics, /openapi.json
Routes setup_routes(const ApiDeps* deps);
Routes login_routes(const ApiDeps* deps);
Routes sign_in_routes(const ApiDeps* deps);
Routes registration_routes(const ApiDeps* deps);
Routes account_routes(const ApiDeps* deps);
Routes api_key_routes(const ApiDeps* deps);
Routes workspace_routes(const ApiDeps* deps);
Routes invitation_routes(const ApiDeps* deps);
Routes session_routes(const ApiDeps* deps);
Routes project_routes(const ApiDeps* deps);
Routes participant_routes(const ApiDeps* deps);
Routes invite_routes(const ApiDeps* deps);
Routes take_routes(const ApiDeps* deps);
Routes marker_routes(const ApiDeps* deps);
Routes stem_routes(const ApiDeps* deps);
Routes upload_routes(const ApiDeps* deps);
Routes multipart_upload_routes(const ApiDeps* deps);
Routes media_routes(const ApiDeps* deps);
Routes whip_routes(const ApiDeps* deps);

Routes rest_routes(const ApiDeps* deps);  // all of them

std::string default_scope(const Operation& about);  // "sessions:read"; "": no API key will do

}  // namespace greenroom::api
