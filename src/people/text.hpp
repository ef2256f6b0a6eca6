// What a person types, checked once: names, titles, addresses. Pure functions. The error's context is the field's name.
#pragma once
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "people/errors.hpp"

namespace greenroom::people {

// Trims; `code` when empty, longer than `chars_max` code points, or with control characters.
base::Result<std::string> checked_text(std::string_view text, std::string_view field, std::size_t chars_max,
                                       base::ErrorCode code = error_field);
base::Result<std::string> checked_email(std::string_view text);  // lower case

}  // namespace greenroom::people
