#include "studio/session_rules.hpp"

#include <gtest/gtest.h>

namespace greenroom::studio {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
constexpr base::WallTime made_at = base::wall_from_micros(1'700'000'000'000'000);
const StudioLimits usual_limits;

TEST(SessionState, FollowsItsTakesAndItsPeople) {
  using S = SessionState;
  using T = TakeState;
  struct Row {
    std::vector<T> takes;
    bool entered, ended;
    S state;
  };
  const std::vector<Row> rows = {
      {{}, false, false, S::scheduled},
      {{}, true, false, S::live},
      {{}, true, true, S::ended},
      {{}, false, true, S::cancelled},
      {{T::recording}, true, false, S::live},
      {{T::ready, T::uploading}, true, false, S::uploading},
      {{T::ready, T::uploading}, true, true, S::uploading},
      {{T::ready, T::processing}, true, true, S::processing},
      {{T::failed, T::ready, T::failed}, true, false, S::ready},
      {{T::failed}, true, true, S::failed},
      {{T::ready, T::recording}, false, false, S::live},
  };
  for (const auto& row : rows) {
    EXPECT_EQ(session_state(row.takes, row.entered, row.ended), row.state) << &row - rows.data();
  }
}

TEST(SessionDeadlines, LeadOutOfWaitingAndOutOfAnEmptyRoom) {
  struct Row {
    const char* what;
    SessionFacts session;
    base::WallTime now;
    bool end;
    std::optional<base::WallTime> look_again;
  };
  const auto scheduled = [](std::optional<base::WallTime> at, std::optional<std::uint32_t> length) {
    return SessionFacts{SessionState::scheduled, made_at, at, length, false, false, {}};
  };
  const auto live = [](bool recording, bool present, base::WallTime last, std::optional<base::WallTime> at = {}) {
    return SessionFacts{SessionState::live, made_at, at, {}, recording, present, last};
  };
  const base::WallTime tomorrow = made_at + hours(24);
  const Row rows[] = {
      {"a day after the planned end", scheduled(tomorrow, 60), made_at, false, made_at + hours(49)},
      {"is too late", scheduled(tomorrow, 60), made_at + hours(49), true, {}},
      {"planned for a time that was past already", scheduled(made_at - hours(99), {}), made_at, false,
       made_at + hours(24)},
      {"without a date it can wait long", scheduled({}, {}), made_at + hours(24 * 179), false,
       made_at + hours(24 * 180)},
      {"but not for ever", scheduled({}, {}), made_at + hours(24 * 180), true, {}},
      {"somebody is in", live(false, true, made_at), made_at + hours(99), false, made_at + hours(99) + minutes(10)},
      {"it is being recorded", live(true, false, made_at), made_at + hours(99), false,
       made_at + hours(99) + minutes(10)},
      {"all have left lately", live(false, false, made_at + hours(5)), made_at + hours(6), false, made_at + hours(7)},
      {"all have left long ago", live(false, false, made_at + hours(5)), made_at + hours(7), true, {}},
      {"they only tried it before the date", live(false, false, made_at, tomorrow), made_at + hours(5), false,
       tomorrow + hours(2)},
  };
  for (const auto& row : rows) {
    const auto step = session_step(row.session, row.now, usual_limits);
    EXPECT_EQ(step.end, row.end) << row.what;
    EXPECT_EQ(step.look_again, row.look_again) << row.what;
  }
  for (const auto state : {SessionState::uploading, SessionState::processing, SessionState::ready, SessionState::failed,
                           SessionState::ended, SessionState::cancelled}) {
    SessionFacts session = scheduled({}, {});
    session.state = state;
    EXPECT_FALSE(session_step(session, made_at + hours(24 * 999), usual_limits).end);
  }
}

TEST(Rights, GoWithRoleAndSession) {
  using enum Permission;
  EXPECT_EQ(permissions_of(Role::host, {}), Permissions::all());
  EXPECT_EQ(permissions_of(Role::cohost, {}), Permissions::all());
  EXPECT_EQ(permissions_of(Role::speaker, {}), (Permissions{publish_audio, publish_video, share_screen, send_data}));
  EXPECT_EQ(permissions_of(Role::viewer, {}), Permissions{});
  const std::vector<RolePermissions> overrides = {{Role::viewer, {publish_audio}}, {Role::speaker, {}}};
  EXPECT_EQ(permissions_of(Role::viewer, overrides), Permissions{publish_audio});
  EXPECT_EQ(permissions_of(Role::speaker, overrides), Permissions{});
  EXPECT_EQ(permissions_of(Role::host, std::vector<RolePermissions>{{Role::host, {}}}), Permissions::all());
  const auto table = permission_table(overrides);
  ASSERT_EQ(table.size(), 4u);
  EXPECT_EQ(table[3].allow, std::vector{publish_audio});
  EXPECT_EQ(table[0].allow.size(), permission_count);
}

TEST(Rights, NobodyGovernsAboveThemselves) {
  EXPECT_TRUE(may_govern(Role::host, Role::host));
  EXPECT_TRUE(may_govern(Role::cohost, Role::speaker));
  EXPECT_FALSE(may_govern(Role::cohost, Role::host));
  EXPECT_FALSE(may_govern(Role::viewer, Role::speaker));
  for (const auto role : {WorkspaceRole::owner, WorkspaceRole::admin, WorkspaceRole::editor}) {
    EXPECT_TRUE(rights_of(role).edit);
    EXPECT_EQ(role_when_joining(role), Role::host);
  }
  EXPECT_FALSE(rights_of(WorkspaceRole::member).edit);
  EXPECT_EQ(rights_of(WorkspaceRole::member).may, Permissions{Permission::see_results});
  EXPECT_EQ(role_when_joining(WorkspaceRole::member), Role::speaker);
}

TEST(ComingIn, InvitesLobbyAndPlaces) {
  EXPECT_EQ(judge({}, made_at), InviteVerdict::good);
  EXPECT_EQ(judge({made_at + hours(1), 0, {}}, made_at), InviteVerdict::good);
  EXPECT_EQ(judge({made_at, 0, {}}, made_at), InviteVerdict::expired);
  EXPECT_EQ(judge({{}, 1, 2}, made_at), InviteVerdict::good);
  EXPECT_EQ(judge({{}, 2, 2}, made_at), InviteVerdict::used_up);
  EXPECT_EQ(state_on_arrival(false, Role::viewer), ParticipantState::admitted);
  EXPECT_EQ(state_on_arrival(true, Role::viewer), ParticipantState::waiting);
  EXPECT_EQ(state_on_arrival(true, Role::speaker), ParticipantState::waiting);
  EXPECT_EQ(state_on_arrival(true, Role::cohost), ParticipantState::admitted);
  EXPECT_EQ(default_participants_max(SessionKind::class_), 300u);
  EXPECT_EQ(default_participants_max(SessionKind::podcast), 10u);
  EXPECT_FALSE(gave_up_waiting(true, made_at, made_at + hours(9), usual_limits));
  EXPECT_FALSE(gave_up_waiting(false, made_at, made_at + minutes(9), usual_limits));
  EXPECT_TRUE(gave_up_waiting(false, made_at, made_at + minutes(10), usual_limits));
}

}  // namespace
}  // namespace greenroom::studio
