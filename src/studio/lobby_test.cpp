// Who comes in and what they may do: invite links, the lobby, roles, permissions, removal.
#include "studio/studio_fixture.hpp"

namespace greenroom::studio {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

class LobbyTest : public StudioTest {
 protected:
  LobbyTest() {
    host_ = owner();
    session_ = *studio().create_session(host_, lobby_session());
    news_ = p_->bus->subscribe(session_topic(session_.id), {});
  }
  static NewSession lobby_session() {
    NewSession session{"Lesson"};
    session.lobby = true;
    return session;
  }
  Admission guest(const std::string& name, std::optional<std::string> token = {}) {
    return *studio().join_invite(token.value_or(token_of(session_)), name, {});
  }
  std::string link(Role role) {
    p_->now += seconds(1);  // lists are in the order in which links were made
    return studio().create_invite(host_, session_.id, {.role = role})->link.substr(std::string("/join/").size());
  }
  std::vector<std::string> heard() { return events(news_); }

  bus::Subscription news_;
};

TEST_F(LobbyTest, GuestsWaitAreLetInOrRefused) {
  const auto bob = guest("Bob"), eve = guest("Eve");
  EXPECT_TRUE(bob.waiting);
  EXPECT_TRUE(bob.may.empty());
  const Actor waiting = actor_of(bob);
  EXPECT_EQ(studio().session(waiting, session_.id).error().code, error_waiting);
  EXPECT_EQ(studio().may_follow(waiting, session_.id).error().code, error_waiting);
  EXPECT_FALSE(studio().create_upload(waiting, {"", "audio/wav", "", 1}));
  EXPECT_TRUE(studio().attendance(bob.participant.id)->waiting);
  EXPECT_EQ(studio().session(host_, session_.id)->participants.size(), 2u);

  ASSERT_TRUE(studio().entered(bob.participant.id));  // the lobby, not the session
  EXPECT_EQ(session_state_of(session_.id), SessionState::scheduled);
  EXPECT_EQ(studio().admit(host_, session_.id, bob.participant.id)->state, ParticipantState::admitted);
  EXPECT_TRUE(studio().admit(host_, session_.id, bob.participant.id));  // twice: no effect
  EXPECT_TRUE(studio().session(actor_of(bob), session_.id));
  EXPECT_FALSE(studio().join_invite(token_of(session_), "Bob", bob.token)->waiting);

  ASSERT_TRUE(studio().remove_participant(host_, session_.id, eve.participant.id));
  EXPECT_EQ(studio().participant_of(eve.token).error().code, error_removed);
  EXPECT_EQ(studio().join_invite(token_of(session_), "Eve", eve.token).error().code, error_removed);
  EXPECT_THAT(heard(), testing::ElementsAre("participantWaiting", "participantWaiting", "participantAdmitted",
                                            "participantRemoved"));
  EXPECT_TRUE(studio().session(actor_of(bob), session_.id)->participants.size() == 1);  // not who was refused
}

TEST_F(LobbyTest, WhoGivesUpWaitingIsForgotten) {
  const auto bob = guest("Bob"), eve = guest("Eve");
  ASSERT_TRUE(studio().entered(bob.participant.id));
  pass(minutes(9));
  EXPECT_TRUE(studio().join_invite(token_of(session_), "Eve", eve.token)->waiting);  // asks again: still there
  pass(minutes(9));
  EXPECT_TRUE(studio().participant_of(eve.token));
  pass(minutes(1));
  EXPECT_EQ(studio().participant_of(eve.token).error().code, error_token);
  EXPECT_TRUE(studio().participant_of(bob.token));  // is connected
  restart();                                        // and is not any more
  pass(minutes(9));
  EXPECT_TRUE(studio().participant_of(bob.token));
  pass(minutes(1));
  EXPECT_EQ(studio().participant_of(bob.token).error().code, error_token);
}

TEST_F(LobbyTest, AnOldTokenIsRenewedForThoseWhoHaveSomethingToFinish) {
  const auto bob = guest("Bob"), eve = guest("Eve");
  ASSERT_TRUE(studio().admit(host_, session_.id, bob.participant.id));
  ASSERT_TRUE(studio().remove_participant(host_, session_.id, eve.participant.id));
  p_->now += hours(24 * 8);  // the session is over and the token has ended
  EXPECT_EQ(studio().participant_of(bob.token).error().code, error_token);
  const auto renewed = studio().renew_token(bob.token);
  ASSERT_TRUE(renewed);
  EXPECT_EQ(std::get<ParticipantActor>(*studio().participant_of(renewed->token)).participant, bob.participant.id);
  EXPECT_FALSE(studio().renew_token(eve.token));
  EXPECT_EQ(studio().renew_token(bob.token + "x").error().code, error_token);
  p_->now += hours(24 * 24);
  EXPECT_EQ(studio().renew_token(bob.token).error().code, error_token);
}

TEST_F(LobbyTest, OpeningTheDoorLetsEverybodyIn) {
  const auto bob = guest("Bob"), eve = guest("Eve");
  SessionChange change;
  change.lobby = false;
  change.participants_max = 1;
  ASSERT_TRUE(studio().change_session(host_, session_.id, change, {}));
  EXPECT_FALSE(studio().attendance(bob.participant.id)->waiting);
  EXPECT_TRUE(studio().attendance(eve.participant.id)->waiting);  // waits for a place
  EXPECT_EQ(studio().admit(host_, session_.id, eve.participant.id).error().code, error_full);
  ASSERT_TRUE(studio().end_session(host_, session_.id));
  EXPECT_EQ(studio().participant_of(eve.token).error().code, error_token);
}

TEST_F(LobbyTest, InviteLinksHaveRoleEndAndNumberOfUses) {
  EXPECT_FALSE(guest("Co", link(Role::cohost)).waiting);  // who governs the lobby need not wait in it
  p_->now += seconds(1);
  NewInvite order{.role = Role::viewer, .expires_at = p_->now + hours(1), .uses_max = 1};
  const auto once = *studio().create_invite(host_, session_.id, order);
  const auto token = once.link.substr(std::string("/join/").size());
  EXPECT_EQ(studio().invite(token)->role, Role::viewer);
  const auto viewer = guest("Vi", token);
  EXPECT_EQ(viewer.participant.role, Role::viewer);
  EXPECT_EQ(studio().join_invite(token, "Two", {}).error().code, error_invite_used);
  EXPECT_TRUE(studio().join_invite(token, "Vi", viewer.token));  // coming back is no use
  order.uses_max.reset();
  p_->now += seconds(1);
  const auto hour = *studio().create_invite(host_, session_.id, order);
  p_->now += hours(1);
  const auto late = hour.link.substr(std::string("/join/").size());
  EXPECT_EQ(studio().join_invite(late, "Late", {}).error().code, error_invite_expired);
  EXPECT_EQ(studio().invite(late).error().code, error_invite_expired);
  EXPECT_EQ(studio().create_invite(host_, session_.id, order).error().code, error_field);

  const auto links = *studio().invites(host_, session_.id);
  ASSERT_EQ(links.items.size(), 4u);  // with the one made with the session
  EXPECT_EQ(links.items[2].uses, 1u);
  ASSERT_TRUE(studio().revoke_invite(host_, session_.id, links.items[0].id));
  EXPECT_EQ(studio().revoke_invite(host_, session_.id, links.items[0].id).error().code, error_no_invite);
  EXPECT_EQ(studio().join_invite(token_of(session_), "Late", {}).error().code, error_no_invite);
  EXPECT_FALSE(studio().session(host_, session_.id)->guest_link);
}

TEST_F(LobbyTest, RolesAreGivenUpToOnesOwn) {
  const auto co = guest("Co", link(Role::cohost));
  const auto bob = guest("Bob");
  const Actor cohost = actor_of(co);
  const auto host = studio().join(host_, session_.id, {})->participant.id;
  ASSERT_TRUE(studio().admit(cohost, session_.id, bob.participant.id));
  EXPECT_EQ(studio().change_participant(cohost, session_.id, bob.participant.id, {Role::viewer})->role, Role::viewer);
  EXPECT_EQ(std::get<ParticipantActor>(actor_of(bob)).role, Role::viewer);  // at once, with the token they have
  EXPECT_EQ(studio().change_participant(cohost, session_.id, bob.participant.id, {Role::host}).error().code,
            error_forbidden);
  EXPECT_EQ(studio().change_participant(cohost, session_.id, host, {Role::viewer}).error().code, error_forbidden);
  EXPECT_EQ(studio().remove_participant(cohost, session_.id, host).error().code, error_forbidden);
  EXPECT_EQ(studio().create_invite(cohost, session_.id, {.role = Role::host}).error().code, error_forbidden);
  EXPECT_TRUE(studio().create_invite(cohost, session_.id, {.role = Role::cohost}));
  EXPECT_EQ(studio().admit(actor_of(bob), session_.id, co.participant.id).error().code, error_forbidden);
  EXPECT_EQ(studio().admit(host_, session_.id, ParticipantId()).error().code, error_no_participant);
  EXPECT_THAT(heard(), testing::Contains("participantChanged"));
}

TEST_F(LobbyTest, WhatARoleMayIsTheSessionsToSay) {
  const auto bob = guest("Bob");
  ASSERT_TRUE(studio().admit(host_, session_.id, bob.participant.id));
  EXPECT_EQ(studio().start_take(actor_of(bob), session_.id).error().code, error_forbidden);
  SessionChange change;
  change.permissions = {{Role::speaker, {Permission::record, Permission::see_results}}};
  ASSERT_TRUE(studio().change_session(host_, session_.id, change, {}));
  EXPECT_THAT(heard(), testing::Contains("permissionsChanged"));
  EXPECT_EQ(studio().attendance(bob.participant.id)->may, (Permissions{Permission::record, Permission::see_results}));
  const auto seen = *studio().session(actor_of(bob), session_.id);
  EXPECT_EQ(seen.may, (std::vector{Permission::record, Permission::see_results}));
  EXPECT_EQ(seen.permissions.at(2).allow, seen.may);
  const auto take = *studio().start_take(actor_of(bob), session_.id);
  NewStem stem{"0190163d-8694-739b-aea5-966c26f8ad91", Source::mic, "audio/x-greenroom-pcm", 1.7e12, {}, {}, {}, {}};
  EXPECT_EQ(studio().create_stem(actor_of(bob), take.id, stem).error().code, error_forbidden);
  EXPECT_TRUE(studio().stop_take(actor_of(bob), take.id));

  change.permissions = {{Role::host, {}}};
  EXPECT_EQ(studio().change_session(host_, session_.id, change, {}).error().code, error_field);
  change.permissions = {{Role::viewer, {}}, {Role::viewer, {}}};
  EXPECT_EQ(studio().change_session(host_, session_.id, change, {}).error().code, error_field);
  change.permissions = std::vector<RolePermissions>();
  ASSERT_TRUE(studio().change_session(host_, session_.id, change, {}));
  EXPECT_EQ(studio().attendance(bob.participant.id)->may, default_permissions(Role::speaker));
}

TEST_F(LobbyTest, WhoIsRemovedIsOutAndCanBeLetInAgain) {
  const auto bob = guest("Bob");
  ASSERT_TRUE(studio().admit(host_, session_.id, bob.participant.id));
  ASSERT_TRUE(studio().entered(bob.participant.id));
  ASSERT_TRUE(studio().remove_participant(host_, session_.id, bob.participant.id));
  EXPECT_EQ(studio().participant_of(bob.token).error().code, error_removed);
  EXPECT_EQ(studio().attendance(bob.participant.id).error().code, error_removed);
  ASSERT_TRUE(studio().left(bob.participant.id));     // its connection is dropped
  ASSERT_TRUE(studio().entered(bob.participant.id));  // or one was on its way
  EXPECT_FALSE(studio().session(host_, session_.id)->participants.at(0).state == ParticipantState::admitted);
  ASSERT_TRUE(studio().admit(host_, session_.id, bob.participant.id));
  EXPECT_TRUE(studio().participant_of(bob.token));
}

}  // namespace
}  // namespace greenroom::studio
