// /docs: the OpenAPI document as pages of text, rendered once by the server. No part of it comes from elsewhere, so it
// works offline and under a strict content security policy; without script it is complete, with script it can be
// searched. Pure.
#pragma once
#include <boost/json/object.hpp>
#include <string>
#include <string_view>

namespace greenroom::api {

inline constexpr std::string_view reference_style_path = "/docs/reference.css";
inline constexpr std::string_view reference_script_path = "/docs/reference.js";

std::string reference_page(const boost::json::object& document);
std::string_view reference_style();
std::string_view reference_script();

}  // namespace greenroom::api
