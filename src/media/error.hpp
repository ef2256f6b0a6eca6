// Errors of the media module.
#pragma once
#include "base/result.hpp"

namespace greenroom::media {

inline constexpr base::ErrorCode not_media{base::ErrorKind::invalid, "media.not_media"};
inline constexpr base::ErrorCode no_such_stream{base::ErrorKind::unsupported, "media.no_such_stream"};
inline constexpr base::ErrorCode bad_plan{base::ErrorKind::invalid, "media.bad_plan"};
inline constexpr base::ErrorCode cancelled{base::ErrorKind::unavailable, "media.cancelled"};
inline constexpr base::ErrorCode codec_failed{base::ErrorKind::internal, "media.codec_failed"};
inline constexpr base::ErrorCode file_io{base::ErrorKind::io, "media.io"};

}  // namespace greenroom::media
