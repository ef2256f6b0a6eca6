// Which content types a stem may have, and whether first bytes can be of that type. Pure.
#pragma once
#include <string_view>

#include "base/bytes.hpp"
#include "studio/values.hpp"

namespace greenroom::studio {

// "video/webm;codecs=vp8" -> "video/webm", lower case.
std::string media_type(std::string_view content_type);
bool stem_type_allowed(Source source, std::string_view content_type);
// `head`: the first bytes, as many as have come. True as long as they can still become what is promised; types that
// are no stem's are not looked into.
bool may_begin(std::string_view content_type, base::ByteView head);

}  // namespace greenroom::studio
