// Coming into a session: people of the workspace by their account, guests by an invite link and a name.
#include "crypto/token.hpp"
#include "studio/detail/core.hpp"
#include "wire/json.hpp"

namespace greenroom::studio {

namespace {

// Somebody who was admitted but has not come into the room counts for so long.
constexpr base::Duration arrival = std::chrono::minutes(10);

// The token says who it is; what they may do is looked up when they ask for it.
struct ParticipantClaims {
  ParticipantId sub;
};
BOOST_DESCRIBE_STRUCT(ParticipantClaims, (), (sub))

std::string claims_of(const ParticipantRow& participant, base::WallTime now, base::WallTime expires) {
  return fmt::format(R"({{"sub":"{}","sid":"{}","iat":{},"exp":{}}})", participant.id.str(), participant.session.str(),
                     base::to_millis(now) / 1'000, base::to_millis(expires) / 1'000);
}

tl::unexpected<base::Error> no_invite() { return base::fail(error_no_invite, "this invitation is not valid"); }

struct InvitedTo {
  InviteRow invite;
  SessionRow session;
};

base::Result<InvitedTo> find_invite(db::Transaction& tx, std::string_view token) {
  GREENROOM_TRY(auto invite, invites::by_token(tx, token));
  if (!invite) return no_invite();
  GREENROOM_TRY(auto session, sessions::find(tx, invite->session));
  if (!session) return no_invite();
  return InvitedTo{*std::move(invite), *std::move(session)};
}

base::Status check_verdict(const InviteRow& invite, base::WallTime now) {
  switch (judge({invite.expires_at, invite.uses, invite.uses_max}, now)) {
    case InviteVerdict::good:
      return {};
    case InviteVerdict::expired:
      return base::fail(error_invite_expired, "this invitation has expired");
    case InviteVerdict::used_up:
      return base::fail(error_invite_used, "this invitation has been used as often as it may be");
  }
  return {};
}

base::Status check_open(const SessionRow& session) {
  if (!session.ended_at) return {};
  const bool cancelled = session.state == SessionState::cancelled;
  return base::fail(error_over, cancelled ? "this session does not take place" : "this session is over");
}

tl::unexpected<base::Error> removed() { return base::fail(error_removed, "you are no longer in this session"); }

bool counts(const ParticipantRow& person, base::WallTime now) {
  if (person.state != ParticipantState::admitted) return false;
  return person.present || (!person.left_at && now - person.joined_at < arrival);
}

}  // namespace

base::Status Studio::Core::make_room(db::Transaction& tx, const SessionRow& session, Role role,
                                     ParticipantState state) const {
  const auto full = [] { return base::fail(error_full, "this session is full"); };
  GREENROOM_TRY(const auto people, participants::of_session(tx, session.id));
  if (people.size() >= d.limits.participants_ever_max) return full();
  if (role == Role::host) return {};  // is never locked out of their own session
  const auto is_waiting = [](const ParticipantRow& p) { return p.state == ParticipantState::waiting; };
  const auto is_here = [this](const ParticipantRow& p) { return counts(p, now()); };
  const bool waits = state == ParticipantState::waiting;
  const auto here = std::size_t(waits ? std::count_if(people.begin(), people.end(), is_waiting)
                                      : std::count_if(people.begin(), people.end(), is_here));
  return here < (waits ? d.limits.lobby_max : session.participants_max) ? base::Status{} : full();
}

std::string Studio::Core::token_of(const ParticipantRow& participant) const {
  return crypto::sign_token(token_key, claims_of(participant, now(), now() + d.limits.participant_life));
}

base::Result<Admission> Studio::Core::admission(db::Transaction& tx, const SessionRow& session,
                                                const ParticipantRow& participant) const {
  Admission admission;
  admission.session = brief(session);
  admission.participant = brief(participant);
  admission.recording = session.recording;
  admission.recording_limit = participant.recording_limit;
  admission.token = token_of(participant);
  admission.call_id = session.id;
  admission.waiting = participant.state == ParticipantState::waiting;
  if (admission.waiting) return admission;
  admission.consented_at = participant.consented_at;
  admission.may = permissions_of(participant.role, session.permissions).list();
  GREENROOM_TRY(const auto all, takes::of_session(tx, session.id));
  for (const auto& take : all) {
    if (take.state != TakeState::recording) continue;
    GREENROOM_TRY(admission.take_in_progress, view(tx, take));
  }
  return admission;
}

base::Result<Admission> Studio::Core::arrive(db::Transaction& tx, const SessionRow& session, ParticipantRow row) const {
  GREENROOM_CHECK_OK(make_room(tx, session, row.role, row.state));
  row.joined_at = now();
  row.id = ParticipantId::make(row.joined_at, d.rng);
  row.session = session.id;
  GREENROOM_CHECK_OK(participants::insert(tx, row));
  if (row.state == ParticipantState::waiting) {
    publish(tx, session.id, events::participant_waiting.with({shown(row)}));
  }
  return admission(tx, session, row);
}

base::Result<Admission> Studio::join(const Actor& actor, SessionId id, std::optional<std::string> name) {
  const auto* who = std::get_if<UserActor>(&actor);
  if (!who) return base::fail(error_sign_in, "sign in first");
  std::optional<std::string> chosen;
  if (name && !name->empty()) {
    GREENROOM_TRY(chosen, checked_text(*name, "name", core_->d.limits.name_chars_max));
  }
  return core_->d.database.write([&](db::Transaction& tx) -> base::Result<Admission> {
    GREENROOM_TRY(auto access, core_->access(tx, actor, id));
    SessionRow& session = access.session;
    if (session.ended_at && access.edit) GREENROOM_CHECK_OK(core_->reopen(tx, session));
    GREENROOM_CHECK_OK(check_open(session));
    GREENROOM_TRY(auto before, participants::of_user(tx, id, who->user));
    if (before) {
      if (access.edit) before->state = ParticipantState::admitted;  // editors cannot be sent away for good
      if (before->state == ParticipantState::removed) return removed();
      before->name = chosen.value_or(before->name);
      GREENROOM_CHECK_OK(participants::update(tx, *before));
      return core_->admission(tx, session, *before);
    }
    GREENROOM_TRY(const auto user, core_->d.people.user(tx, who->user));
    if (!user) return base::fail(error_sign_in, "sign in first");
    ParticipantRow row;
    row.user = who->user;
    row.name = chosen.value_or(user->name);
    row.role = role_when_joining(who->role);
    return core_->arrive(tx, session, std::move(row));
  });
}

base::Result<Invite> Studio::invite(std::string_view token) {
  return core_->d.database.read([&](db::Transaction& tx) -> base::Result<Invite> {
    GREENROOM_TRY(const auto found, find_invite(tx, token));
    GREENROOM_CHECK_OK(check_verdict(found.invite, core_->now()));
    GREENROOM_TRY(const auto host, core_->d.people.user(tx, found.session.created_by));
    return Invite{brief(found.session), host ? host->name : "", found.invite.role};
  });
}

base::Result<Admission> Studio::join_invite(std::string_view token, std::string_view name,
                                            std::optional<std::string> rejoin) {
  GREENROOM_TRY(const auto chosen, checked_text(name, "name", core_->d.limits.name_chars_max));
  std::optional<ParticipantActor> earlier;
  if (rejoin) {
    const auto actor = participant_of(*rejoin);
    if (!actor && actor.error().code == error_removed) return tl::unexpected(actor.error());
    if (actor) earlier = std::get<ParticipantActor>(*actor);
  }
  return core_->d.database.write([&](db::Transaction& tx) -> base::Result<Admission> {
    GREENROOM_TRY(const auto found, find_invite(tx, token));
    const SessionRow& session = found.session;
    GREENROOM_CHECK_OK(check_open(session));
    if (earlier && earlier->session == session.id) {
      GREENROOM_TRY(auto before, participants::find(tx, earlier->participant));
      if (!before || before->state == ParticipantState::removed) return removed();
      before->name = chosen;
      if (before->state == ParticipantState::waiting) before->joined_at = core_->now();  // still there, then
      GREENROOM_CHECK_OK(participants::update(tx, *before));
      return core_->admission(tx, session, *before);
    }
    GREENROOM_CHECK_OK(check_verdict(found.invite, core_->now()));
    GREENROOM_CHECK_OK(invites::count_use(tx, found.invite.id));
    ParticipantRow row;
    row.name = chosen;
    row.role = found.invite.role;
    row.state = state_on_arrival(session.lobby, row.role);
    return core_->arrive(tx, session, std::move(row));
  });
}

base::Result<ParticipantRow> Studio::Core::owner_of_token(std::string_view token, base::WallTime at) const {
  auto text = crypto::verify_token(token_key, token, at);
  if (!text) return base::fail(error_token, "the participant token is not valid or has expired", text.error().what);
  GREENROOM_TRY(const auto json, wire::parse_json(*text));
  const auto claims = wire::from_json<ParticipantClaims>(json);
  if (!claims) return base::fail(error_token, "the participant token is not valid");
  GREENROOM_TRY(auto row, d.database.read([&](db::Transaction& tx) { return participants::find(tx, claims->sub); }));
  if (!row) return base::fail(error_token, "this participant is not known");
  if (row->state == ParticipantState::removed) return removed();
  return *std::move(row);
}

base::Result<Actor> Studio::participant_of(std::string_view token) {
  GREENROOM_TRY(const auto row, core_->owner_of_token(token, core_->now()));
  return ParticipantActor{row.id, row.session, row.role, row.state == ParticipantState::waiting};
}

base::Result<RenewedToken> Studio::renew_token(std::string_view token) {
  GREENROOM_TRY(const auto row, core_->owner_of_token(token, core_->now() - core_->d.limits.participant_renewal));
  return RenewedToken{core_->token_of(row)};
}

}  // namespace greenroom::studio
