// What the domain can refuse. api turns each into a status and words.
#pragma once
#include <string>
#include <vector>

#include "base/result.hpp"
#include "people/errors.hpp"

namespace greenroom::studio {

using base::ErrorCode;
using base::ErrorKind;
using people::error_sign_in;
inline constexpr ErrorCode error_field{ErrorKind::invalid, "studio.invalid_field"};  // context: the field's name
inline constexpr ErrorCode error_token{ErrorKind::unauthorized, "studio.participant_token"};  // bad or expired
inline constexpr ErrorCode error_forbidden{ErrorKind::forbidden, "studio.forbidden"};
inline constexpr ErrorCode error_no_session{ErrorKind::not_found, "studio.no_session"};
inline constexpr ErrorCode error_no_invite{ErrorKind::not_found, "studio.no_invite"};
inline constexpr ErrorCode error_no_take{ErrorKind::not_found, "studio.no_take"};
inline constexpr ErrorCode error_no_asset{ErrorKind::not_found, "studio.no_asset"};
inline constexpr ErrorCode error_full{ErrorKind::exhausted, "studio.session_full"};
inline constexpr ErrorCode error_take_running{ErrorKind::conflict, "studio.take_running"};
inline constexpr ErrorCode error_take_state{ErrorKind::conflict, "studio.take_state"};
inline constexpr ErrorCode error_stem_conflict{ErrorKind::conflict, "studio.stem_conflict"};
inline constexpr ErrorCode error_stem_format{ErrorKind::unsupported, "studio.stem_format"};
inline constexpr ErrorCode error_too_many_stems{ErrorKind::exhausted, "studio.too_many_stems"};

}  // namespace greenroom::studio
