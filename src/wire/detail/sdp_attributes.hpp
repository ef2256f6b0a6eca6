// The attributes that are known, each read by a function of its own; the others stay in `other`.
#pragma once
#include <optional>
#include <string_view>

#include "wire/sdp.hpp"

namespace greenroom::wire::sdp::detail {

// `a=name` without a value, or `a=name:value`, of the session or of a section.
base::Status read_attribute(Description& session, std::string_view name, std::optional<std::string_view> value);
base::Status read_attribute(Section& section, std::string_view name, std::optional<std::string_view> value);

}  // namespace greenroom::wire::sdp::detail
