// What People can refuse. api turns each into a status and words.
#pragma once
#include "base/result.hpp"

namespace greenroom::people {

using base::ErrorCode;
using base::ErrorKind;
inline constexpr ErrorCode error_field{ErrorKind::invalid, "people.invalid_field"};  // context: the field's name
inline constexpr ErrorCode error_setup_done{ErrorKind::conflict, "people.setup_done"};
inline constexpr ErrorCode error_setup_token{ErrorKind::forbidden, "people.setup_token"};
inline constexpr ErrorCode error_credentials{ErrorKind::unauthorized, "people.credentials"};  // e-mail or password
inline constexpr ErrorCode error_too_many{ErrorKind::exhausted, "people.too_many_attempts"};
inline constexpr ErrorCode error_sign_in{ErrorKind::unauthorized, "people.sign_in"};   // no or an ended login
inline constexpr ErrorCode error_forbidden{ErrorKind::forbidden, "people.forbidden"};  // your role may not

}  // namespace greenroom::people
