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
inline constexpr ErrorCode error_no_project{ErrorKind::not_found, "studio.no_project"};
inline constexpr ErrorCode error_no_participant{ErrorKind::not_found, "studio.no_participant"};
inline constexpr ErrorCode error_invite_expired{ErrorKind::gone, "studio.invite_expired"};
inline constexpr ErrorCode error_invite_used{ErrorKind::gone, "studio.invite_used_up"};
inline constexpr ErrorCode error_waiting{ErrorKind::forbidden, "studio.waiting"};  // in the lobby, not yet let in
inline constexpr ErrorCode error_removed{ErrorKind::forbidden, "studio.removed"};
inline constexpr ErrorCode error_over{ErrorKind::gone, "studio.session_ended"};
inline constexpr ErrorCode error_session_state{ErrorKind::conflict, "studio.session_state"};
inline constexpr ErrorCode error_project_in_use{ErrorKind::conflict, "studio.project_in_use"};
inline constexpr ErrorCode error_too_many_invites{ErrorKind::conflict, "studio.too_many_invites"};
inline constexpr ErrorCode error_too_many_projects{ErrorKind::conflict, "studio.too_many_projects"};
inline constexpr ErrorCode error_revision{ErrorKind::precondition, "studio.revision"};  // changed meanwhile
inline constexpr ErrorCode error_no_take{ErrorKind::not_found, "studio.no_take"};
inline constexpr ErrorCode error_no_marker{ErrorKind::not_found, "studio.no_marker"};
inline constexpr ErrorCode error_too_many_markers{ErrorKind::conflict, "studio.too_many_markers"};
inline constexpr ErrorCode error_no_asset{ErrorKind::not_found, "studio.no_asset"};
inline constexpr ErrorCode error_full{ErrorKind::exhausted, "studio.session_full"};
inline constexpr ErrorCode error_take_running{ErrorKind::conflict, "studio.take_running"};
inline constexpr ErrorCode error_take_state{ErrorKind::conflict, "studio.take_state"};
inline constexpr ErrorCode error_stem_conflict{ErrorKind::conflict, "studio.stem_conflict"};
inline constexpr ErrorCode error_stem_format{ErrorKind::unsupported, "studio.stem_format"};
inline constexpr ErrorCode error_too_many_stems{ErrorKind::exhausted, "studio.too_many_stems"};

}  // namespace greenroom::studio
