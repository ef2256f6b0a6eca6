// A schema of the document in a reader's words, as HTML: its type, what bounds it, its members. Pure.
#pragma once
#include <boost/json/object.hpp>
#include <string>
#include <string_view>

namespace greenroom::api {

std::string_view text_of(const boost::json::object& object, std::string_view name);  // "" when it is not there
std::string type_html(const boost::json::object& schema);     // "list of <a href=..>Session</a>, at most 100"
std::string members_html(const boost::json::object& schema);  // a table; "" when there are none

}  // namespace greenroom::api
