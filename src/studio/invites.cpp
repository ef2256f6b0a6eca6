#include "studio/detail/core.hpp"

namespace greenroom::studio {

namespace {

constexpr std::size_t invite_token_bytes = 16;

InviteLink shown(const InviteRow& row) {
  return {row.id, row.role, "/join/" + row.token, row.created_at, row.expires_at, row.uses, row.uses_max};
}

}  // namespace

base::Result<InviteLink> Studio::create_invite(const Actor& actor, SessionId session, const NewInvite& invite) {
  InviteRow row;
  row.created_at = core_->now();
  if (invite.expires_at && *invite.expires_at <= row.created_at) {
    return base::fail(error_field, "must be in the future", "expiresAt");
  }
  row.id = InviteId::make(row.created_at, core_->d.rng);
  row.token = core_->random_text(invite_token_bytes);
  row.session = session;
  row.role = invite.role;
  row.expires_at = invite.expires_at;
  row.uses_max = invite.uses_max;
  return core_->d.database.write([&](db::Transaction& tx) -> base::Result<InviteLink> {
    GREENROOM_TRY(const auto access, core_->access(tx, actor, session, Permission::invite));
    if (!may_govern(access.rank, row.role)) return base::fail(error_forbidden, "this role is above yours");
    GREENROOM_TRY(const auto before, studio::invites::of_session(tx, session));
    if (before.size() >= core_->d.limits.invites_per_session_max) {
      return base::fail(error_too_many_invites, "this session has as many invite links as it can hold");
    }
    GREENROOM_CHECK_OK(studio::invites::insert(tx, row));
    GREENROOM_CHECK_OK(core_->audit(tx, actor, "invite.created", row.id.str()));
    return shown(row);
  });
}

base::Result<InviteLinks> Studio::invites(const Actor& actor, SessionId session) {
  return core_->d.database.read([&](db::Transaction& tx) -> base::Result<InviteLinks> {
    GREENROOM_TRY(const auto access, core_->access(tx, actor, session, Permission::invite));
    GREENROOM_TRY(const auto rows, studio::invites::of_session(tx, session));
    InviteLinks links;
    for (const auto& row : rows) {
      if (may_govern(access.rank, row.role)) links.items.push_back(shown(row));  // a link is what it says: its role
    }
    return links;
  });
}

base::Status Studio::revoke_invite(const Actor& actor, SessionId session, InviteId invite) {
  return core_->d.database.write([&](db::Transaction& tx) -> base::Status {
    GREENROOM_TRY(const auto access, core_->access(tx, actor, session, Permission::invite));
    GREENROOM_TRY(const auto row, studio::invites::find(tx, invite));
    if (!row || row->session != session) return base::fail(error_no_invite, "there is no such invite link");
    if (!may_govern(access.rank, row->role)) return base::fail(error_forbidden, "this role is above yours");
    GREENROOM_CHECK_OK(studio::invites::remove(tx, invite));
    return core_->audit(tx, actor, "invite.revoked", invite.str());
  });
}

}  // namespace greenroom::studio
