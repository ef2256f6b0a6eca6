// What Greenroom writes to people: each letter as plain text and as the same words in simple HTML, everything from
// outside escaped. Words for strangers hold nothing that the one who caused the mail could choose: a registration with
// a name like "win at example.com" must not make us a sender of advertisements. Pure functions.
#pragma once
#include <string>
#include <string_view>

#include "base/time.hpp"
#include "notify/post.hpp"

namespace greenroom::notify {

// Names of people, workspaces and sessions are cut to this many code points.
inline constexpr std::size_t letter_name_max = 80;

struct LinkLetter {
  std::string to;
  std::string link;
  base::Duration valid{};  // how long the link works
};

Mail verification_letter(const LinkLetter& letter);
Mail reset_letter(const LinkLetter& letter);
Mail magic_link_letter(const LinkLetter& letter);

// Someone tried to register with an address that has an account. `link` goes to the sign-in page.
Mail account_exists_letter(std::string_view to, std::string_view link);

struct WorkspaceInvitation {
  std::string inviter;
  std::string workspace;
  std::string role;  // "editor"
};
Mail workspace_invitation_letter(const LinkLetter& letter, const WorkspaceInvitation& invitation);

struct SessionInvitation {
  std::string inviter;
  std::string session;
  std::string when;  // "20 November 2026, 14:00 UTC"; empty: not scheduled
};
Mail session_invitation_letter(std::string_view to, std::string_view link, const SessionInvitation& invitation);

}  // namespace greenroom::notify
