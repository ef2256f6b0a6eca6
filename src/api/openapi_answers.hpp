// The answers of an operation for the OpenAPI document: what its handler's type says, and what the infrastructure adds
// on the operation's flags (who may call, what is limited, kept, revisioned). Pure.
#pragma once
#include "api/route.hpp"

namespace greenroom::api {

boost::json::object media_content(std::string_view media_type, boost::json::object schema);
boost::json::object describe_answers(const Route& route, wire::SchemaSet& set);
// Request fields that the infrastructure reads, whatever the route.
boost::json::array header_parameters(const Route& route);
// What the answers above refer to: components/responses and components/headers.
boost::json::object answer_components();
boost::json::object header_components();

}  // namespace greenroom::api
