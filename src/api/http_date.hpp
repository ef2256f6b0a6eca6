// RFC 9110 §5.6.7: "Sat, 31 Jan 2026 09:30:00 GMT".
#pragma once
#include <string>

#include "base/time.hpp"

namespace greenroom::api {

std::string http_date(base::WallTime time);

}  // namespace greenroom::api
