#pragma once
#include "base/result.hpp"

namespace greenroom::blob {

inline constexpr base::ErrorCode error_name{base::ErrorKind::invalid, "blob.bad_name"};
inline constexpr base::ErrorCode error_missing{base::ErrorKind::not_found, "blob.missing"};
inline constexpr base::ErrorCode error_sealed{base::ErrorKind::conflict, "blob.sealed"};
inline constexpr base::ErrorCode error_short{base::ErrorKind::corrupt, "blob.short"};  // fewer bytes than were promised
inline constexpr base::ErrorCode error_full{base::ErrorKind::exhausted, "blob.disk_full"};
inline constexpr base::ErrorCode error_io{base::ErrorKind::io, "blob.io"};

}  // namespace greenroom::blob
