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
inline constexpr ErrorCode error_code_needed{ErrorKind::unauthorized, "people.code_needed"};  // the second factor
inline constexpr ErrorCode error_code{ErrorKind::unauthorized, "people.code_wrong"};          // wrong, or used before
inline constexpr ErrorCode error_too_many{ErrorKind::exhausted,
                                          "people.too_many_attempts"};                 // context: seconds to wait
inline constexpr ErrorCode error_sign_in{ErrorKind::unauthorized, "people.sign_in"};   // no or an ended login
inline constexpr ErrorCode error_forbidden{ErrorKind::forbidden, "people.forbidden"};  // your role may not
inline constexpr ErrorCode error_scope{ErrorKind::forbidden, "people.scope"};          // your key may not
inline constexpr ErrorCode error_closed{ErrorKind::forbidden, "people.registration_closed"};
inline constexpr ErrorCode error_link{ErrorKind::gone, "people.link"};  // of a mail: used, too old, or none of ours
inline constexpr ErrorCode error_two_factor{ErrorKind::conflict, "people.two_factor"};  // is on, is off already
inline constexpr ErrorCode error_last_owner{ErrorKind::conflict, "people.last_owner"};
inline constexpr ErrorCode error_already_member{ErrorKind::conflict, "people.already_member"};
inline constexpr ErrorCode error_other_address{ErrorKind::forbidden, "people.other_address"};  // invitation of another
inline constexpr ErrorCode error_known_address{ErrorKind::conflict, "people.known_address"};   // sign in, then connect
inline constexpr ErrorCode error_unproven_address{ErrorKind::forbidden, "people.unproven_address"};  // at a provider
inline constexpr ErrorCode error_changed{ErrorKind::precondition, "people.changed"};                 // another revision
inline constexpr ErrorCode error_full{ErrorKind::conflict, "people.too_many"};  // of keys, members, ...
inline constexpr ErrorCode error_not_found{ErrorKind::not_found, "people.not_found"};

}  // namespace greenroom::people
