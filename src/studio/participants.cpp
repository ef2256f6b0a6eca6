#include "crypto/token.hpp"
#include "studio/detail/core.hpp"
#include "studio/detail/node_rows.hpp"
#include "wire/json.hpp"

namespace greenroom::studio {

namespace {

// Somebody who was admitted but has not come into the room counts for so long.
constexpr base::Duration arrival = std::chrono::minutes(10);

SessionBrief brief(const SessionRow& row) { return {row.id, row.title, row.kind, row.state}; }
ParticipantBrief brief(const ParticipantRow& row) { return {row.id, row.name, row.role}; }

struct ParticipantClaims {
  ParticipantId sub;
  SessionId sid;
  Role role = Role::speaker;
};
BOOST_DESCRIBE_STRUCT(ParticipantClaims, (), (sub, sid, role))

std::string_view role_name(Role role) {
  constexpr std::array names{"host", "cohost", "speaker", "viewer"};
  return names[std::size_t(role)];
}

std::string claims_of(const ParticipantRow& participant, base::WallTime now, base::WallTime expires) {
  return fmt::format(R"({{"sub":"{}","sid":"{}","role":"{}","iat":{},"exp":{}}})", participant.id.str(),
                     participant.session.str(), role_name(participant.role), base::to_millis(now) / 1'000,
                     base::to_millis(expires) / 1'000);
}

tl::unexpected<base::Error> no_invite() { return base::fail(error_no_invite, "this invitation is not valid"); }

struct InvitedTo {
  InviteRow invite;
  SessionRow session;
};

base::Result<InvitedTo> find_invite(db::Transaction& tx, std::string_view token) {
  GREENROOM_TRY(const auto invite, sessions::invite(tx, token));
  if (!invite) return no_invite();
  GREENROOM_TRY(auto session, sessions::find(tx, invite->session));
  if (!session) return no_invite();
  return InvitedTo{*invite, *std::move(session)};
}

}  // namespace

base::Status Studio::Core::make_room(db::Transaction& tx, SessionId session) const {
  GREENROOM_TRY(const auto people, participants::of_session(tx, session));
  const auto counts = [&](const ParticipantRow& p) {
    return p.present || (!p.left_at && now() - p.joined_at < arrival);
  };
  const auto here = std::count_if(people.begin(), people.end(), counts);
  if (std::size_t(here) >= d.limits.participants_max) return base::fail(error_full, "this session is full");
  return {};
}

base::Result<Admission> Studio::Core::admit(db::Transaction& tx, const SessionRow& session,
                                            const ParticipantRow& participant) const {
  Admission admission;
  admission.session = brief(session);
  admission.participant = brief(participant);
  admission.token = crypto::sign_token(token_key, claims_of(participant, now(), now() + d.limits.participant_life));
  admission.call_id = session.id;
  GREENROOM_TRY(const auto all, takes::of_session(tx, session.id));
  for (const auto& take : all) {
    if (take.state != TakeState::recording) continue;
    GREENROOM_TRY(admission.take_in_progress, view(tx, take));
  }
  return admission;
}

base::Result<Admission> Studio::join(const Actor& actor, SessionId id, std::optional<std::string> name) {
  const auto* who = std::get_if<UserActor>(&actor);
  if (!who) return base::fail(error_sign_in, "sign in first");
  std::optional<std::string> chosen;
  if (name && !name->empty()) {
    GREENROOM_TRY(chosen, checked_text(*name, "name", core_->d.limits.name_chars_max));
  }
  return core_->d.database.write([&](db::Transaction& tx) -> base::Result<Admission> {
    GREENROOM_TRY(const auto access, core_->host_access(tx, actor, id));
    GREENROOM_TRY(auto before, participants::of_user(tx, id, who->user));
    if (before) {
      if (chosen) {
        before->name = *chosen;
        GREENROOM_CHECK_OK(participants::rename(tx, before->id, *chosen));
      }
      return core_->admit(tx, access.session, *before);
    }
    GREENROOM_CHECK_OK(core_->make_room(tx, id));
    GREENROOM_TRY(const auto user, core_->d.people.user(tx, who->user));
    if (!user) return base::fail(error_sign_in, "sign in first");
    const base::WallTime now = core_->now();
    const ParticipantRow row{ParticipantId::make(now, core_->d.rng),
                             id,
                             who->user,
                             chosen.value_or(user->name),
                             Role::host,
                             now,
                             std::nullopt,
                             false};
    GREENROOM_CHECK_OK(participants::insert(tx, row));
    return core_->admit(tx, access.session, row);
  });
}

base::Result<Invite> Studio::invite(std::string_view token) {
  return core_->d.database.read([&](db::Transaction& tx) -> base::Result<Invite> {
    GREENROOM_TRY(const auto found, find_invite(tx, token));
    GREENROOM_TRY(const auto host, core_->d.people.user(tx, found.session.created_by));
    return Invite{brief(found.session), host ? host->name : ""};
  });
}

base::Result<Admission> Studio::join_invite(std::string_view token, std::string_view name,
                                            std::optional<std::string> rejoin) {
  GREENROOM_TRY(const auto chosen, checked_text(name, "name", core_->d.limits.name_chars_max));
  std::optional<ParticipantActor> earlier;
  if (rejoin) {
    if (const auto actor = participant_of(*rejoin)) earlier = std::get<ParticipantActor>(*actor);
  }
  return core_->d.database.write([&](db::Transaction& tx) -> base::Result<Admission> {
    GREENROOM_TRY(const auto found, find_invite(tx, token));
    if (earlier && earlier->session == found.session.id) {
      GREENROOM_TRY(auto before, participants::find(tx, earlier->participant));
      if (before) {
        before->name = chosen;
        GREENROOM_CHECK_OK(participants::rename(tx, before->id, chosen));
        return core_->admit(tx, found.session, *before);
      }
    }
    GREENROOM_CHECK_OK(core_->make_room(tx, found.session.id));
    const base::WallTime now = core_->now();
    const ParticipantRow row{ParticipantId::make(now, core_->d.rng),
                             found.session.id,
                             std::nullopt,
                             chosen,
                             found.invite.role,
                             now,
                             std::nullopt,
                             false};
    GREENROOM_CHECK_OK(participants::insert(tx, row));
    return core_->admit(tx, found.session, row);
  });
}

base::Result<Actor> Studio::participant_of(std::string_view token) {
  auto text = crypto::verify_token(core_->token_key, token, core_->now());
  if (!text) return base::fail(error_token, "the participant token is not valid or has expired", text.error().what);
  GREENROOM_TRY(const auto json, wire::parse_json(*text));
  const auto claims = wire::from_json<ParticipantClaims>(json);
  if (!claims) return base::fail(error_token, "the participant token is not valid");
  return ParticipantActor{claims->sub, claims->sid, claims->role};
}

base::Status Studio::entered(ParticipantId participant) {
  return core_->d.database.write([&](db::Transaction& tx) -> base::Status {
    GREENROOM_TRY(const auto row, participants::find(tx, participant));
    if (!row) return base::fail(error_token, "this participant is not known");
    GREENROOM_CHECK_OK(participants::set_present(tx, participant, true, core_->now()));
    GREENROOM_CHECK_OK(node_facts::take(tx, NodeFactKind::present, participant.str(), core_->d.bus.node()));
    GREENROOM_CHECK_OK(sessions::set_entered(tx, row->session, core_->now()));
    return core_->refresh_session(tx, row->session);
  });
}

base::Status Studio::left(ParticipantId participant) {
  return core_->d.database.write([&](db::Transaction& tx) -> base::Status {
    // Who has come in at another node meanwhile is present there.
    GREENROOM_TRY(const bool ours,
                  node_facts::release(tx, NodeFactKind::present, participant.str(), core_->d.bus.node()));
    return ours ? participants::set_present(tx, participant, false, core_->now()) : base::Status{};
  });
}

base::Result<ParticipantBrief> Studio::participant(ParticipantId id) {
  GREENROOM_TRY(const auto row,
                core_->d.database.read([&](db::Transaction& tx) { return participants::find(tx, id); }));
  if (!row) return base::fail(error_token, "this participant is not known");
  return brief(*row);
}

base::Status Studio::may_follow(const Actor& actor, SessionId id) {
  return core_->d.database.read([&](db::Transaction& tx) -> base::Status {
    GREENROOM_CHECK_OK(core_->access(tx, actor, id));
    return {};
  });
}

}  // namespace greenroom::studio
