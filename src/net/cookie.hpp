// The Cookie request field (RFC 6265 §5.4): "a=1; b=2". Pure.
#pragma once
#include <optional>
#include <string>
#include <string_view>

namespace greenroom::net {

// The first cookie of that name, without the quotes a value may stand in. Names compare with case.
std::optional<std::string> find_cookie(std::string_view field, std::string_view name);

}  // namespace greenroom::net
