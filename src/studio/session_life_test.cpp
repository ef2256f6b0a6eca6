// Every state of a session has an exit: by what somebody does and by time alone, in the process that brought it there
// and in one that was started again. And planning: projects, dates, limits, revisions.
#include "studio/studio_fixture.hpp"

namespace greenroom::studio {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;
using S = SessionState;

class SessionLife : public StudioTest {
 protected:
  SessionLife() {
    host_ = owner();
    session_ = session_of(host_);
  }
  ParticipantId enter() {
    const auto id = studio().join(host_, session_.id, {})->participant.id;
    EXPECT_TRUE(studio().entered(id));
    return id;
  }
  void come_and_go() { EXPECT_TRUE(studio().left(enter())); }
  void record() {
    ada_ = actor_of(*studio().join(host_, session_.id, {}));
    take_ = *studio().start_take(host_, session_.id);
  }
  void stop() {
    record();
    EXPECT_TRUE(send(upload_of(stem(ada_, take_.id, Source::mic, 1)), 0, pcm, false));
    EXPECT_TRUE(studio().stop_take(host_, take_.id));
  }
  void finish() {
    stop();
    EXPECT_TRUE(studio().finish_take(host_, take_.id));
  }
  void make_ready() {
    finish();
    EXPECT_TRUE(compose(take_.id));
  }
  void make_failed() {
    record();
    EXPECT_TRUE(studio().stop_take(host_, take_.id));
    EXPECT_TRUE(studio().finish_take(host_, take_.id));  // nothing was recorded
  }
  // Time passes, and every job process that is started dies.
  void time_passes(base::Duration time) {
    const auto step = std::max<base::Duration>(minutes(30), time / 200);
    for (base::Duration gone{}; gone < time; gone += step) {
      pass(step);
      const auto due = *p_->queue.plan(p_->now);
      for (const auto job : due) EXPECT_TRUE(p_->queue.lease(job, p_->now));
    }
  }
  S state() { return session_state_of(session_.id); }
  std::uint64_t revision() { return studio().session(host_, session_.id)->revision; }
};

struct Way {
  const char* name;
  S from;
  std::function<void(SessionLife&)> bring;
  std::function<void(SessionLife&)> event;
  S by_event;
  base::Duration patience;
  S by_time;  // the same state: it is an end
};
std::ostream& operator<<(std::ostream& out, const Way& way) { return out << way.name; }

class EveryState : public SessionLife, public testing::WithParamInterface<Way> {
 public:
  static const std::vector<Way>& ways();

 protected:
  void bring() {
    GetParam().bring(*this);
    ASSERT_EQ(state(), GetParam().from);
  }
};

const std::vector<Way>& EveryState::ways() {
  const auto as = [](auto step) { return [step](SessionLife& life) { (static_cast<EveryState&>(life).*step)(); }; };
  static const auto end = [](SessionLife& life) {
    auto& self = static_cast<EveryState&>(life);
    EXPECT_TRUE(self.studio().end_session(self.host_, self.session_.id));
  };
  static const auto finish_take = [](SessionLife& life) {
    auto& self = static_cast<EveryState&>(life);
    EXPECT_TRUE(self.studio().finish_take(self.host_, self.take_.id));
  };
  static const auto succeed = [](SessionLife& life) {
    auto& self = static_cast<EveryState&>(life);
    EXPECT_TRUE(self.compose(self.take_.id));
  };
  static const auto come_back = [](SessionLife& life) {
    auto& self = static_cast<EveryState&>(life);
    EXPECT_TRUE(self.studio().join(self.host_, self.session_.id, {}));
  };
  static const auto enter = [](SessionLife& life) { static_cast<EveryState&>(life).enter(); };
  static const auto end_live = [](SessionLife& life) {
    static_cast<EveryState&>(life).come_and_go();
    end(life);
  };
  static const std::vector<Way> list = {
      {"scheduled", S::scheduled, [](SessionLife&) {}, enter, S::live, hours(24 * 181), S::cancelled},
      {"live", S::live, as(&EveryState::come_and_go), end, S::ended, hours(3), S::ended},
      {"recording", S::live, as(&EveryState::record), end, S::uploading, hours(30), S::failed},
      {"uploading", S::uploading, as(&EveryState::stop), finish_take, S::processing, minutes(30), S::processing},
      {"processing", S::processing, as(&EveryState::finish), succeed, S::ready, hours(30), S::failed},
      {"ready", S::ready, as(&EveryState::make_ready), as(&EveryState::record), S::live, hours(99), S::ready},
      {"failed", S::failed, as(&EveryState::make_failed), finish_take, S::processing, hours(99), S::failed},
      {"ended", S::ended, end_live, come_back, S::live, hours(99), S::ended},
      {"cancelled", S::cancelled, end, come_back, S::scheduled, hours(99), S::cancelled},
  };
  return list;
}

TEST_P(EveryState, HasAnExitByEvent) {
  bring();
  GetParam().event(*this);
  EXPECT_EQ(state(), GetParam().by_event);
}

TEST_P(EveryState, HasAnExitByEventAfterARestart) {
  bring();
  restart();
  GetParam().event(*this);
  EXPECT_EQ(state(), GetParam().by_event);
}

TEST_P(EveryState, HasAnExitByTime) {
  bring();
  time_passes(GetParam().patience);
  EXPECT_EQ(state(), GetParam().by_time);
}

TEST_P(EveryState, HasAnExitByTimeAfterARestart) {
  bring();
  restart();
  time_passes(GetParam().patience);
  EXPECT_EQ(state(), GetParam().by_time);
}

INSTANTIATE_TEST_SUITE_P(Sessions, EveryState, testing::ValuesIn(EveryState::ways()),
                         [](const auto& way) { return std::string(way.param.name); });

TEST_F(SessionLife, WhoWasThereWhenTheServerDiedIsNotThereAfterwards) {
  enter();
  time_passes(hours(9));
  EXPECT_EQ(state(), S::live);  // somebody is in the room
  restart();
  time_passes(hours(3));
  EXPECT_EQ(state(), S::ended);
}

TEST_F(SessionLife, EndingStopsTheRecordingAndShutsTheDoor) {
  meet_and_record();
  auto news = p_->bus->subscribe(session_topic(session_.id), {});
  ASSERT_TRUE(studio().end_session(ada_, session_.id));
  EXPECT_EQ(state(), S::uploading);
  EXPECT_EQ(p_->recording.stopped, std::vector{take_.id});
  EXPECT_THAT(events(news), testing::ElementsAre("takeStopped", "sessionChanged uploading", "sessionEnded"));
  EXPECT_TRUE(studio().attendance(std::get<ParticipantActor>(bob_).participant)->over);
  EXPECT_EQ(studio().join_invite(token_of(session_), "Cy", {}).error().code, error_over);
  EXPECT_EQ(studio().start_take(ada_, session_.id).error().code, error_over);
  send_whole(stem(bob_, take_.id, Source::mic, 1));  // what was recorded still comes in
  pass(seconds(3));
  EXPECT_EQ(state(), S::processing);
  ASSERT_TRUE(studio().end_session(ada_, session_.id));  // again: no effect
  ASSERT_TRUE(compose(take_.id));
  EXPECT_EQ(state(), S::ready);
  ASSERT_TRUE(studio().join(host_, session_.id, {}));  // and once more with everybody
  EXPECT_TRUE(studio().join_invite(token_of(session_), "Cy", {}));
}

TEST_F(SessionLife, ChangesCarryRevisions) {
  EXPECT_EQ(session_.revision, 1u);
  SessionChange change;
  change.title = " New ";
  change.scheduled_at = p_->now + hours(1);
  change.length_minutes = 45u;
  change.participants_max = 3;
  EXPECT_EQ(studio().change_session(host_, session_.id, change, 7).error().code, error_revision);
  const auto changed = studio().change_session(host_, session_.id, change, 1);
  ASSERT_TRUE(changed);
  EXPECT_EQ(changed->title, "New");
  EXPECT_EQ(changed->length_minutes, 45u);
  EXPECT_EQ(changed->revision, 2u);
  EXPECT_EQ(studio().change_session(host_, session_.id, change, 1).error().code, error_revision);
  SessionChange clear;
  clear.scheduled_at = std::optional<base::WallTime>();
  EXPECT_FALSE(studio().change_session(host_, session_.id, clear, {})->scheduled_at);
  EXPECT_EQ(studio().session(host_, session_.id)->length_minutes, 45u);
  change.title = " ";
  EXPECT_EQ(studio().change_session(host_, session_.id, change, {}).error().code, error_field);
  EXPECT_EQ(studio().delete_session(host_, session_.id, 2).error().code, error_revision);
  EXPECT_TRUE(studio().delete_session(host_, session_.id, 3));
}

TEST_F(SessionLife, WhatHasBegunKeepsItsDate) {
  SessionChange move;
  move.scheduled_at = p_->now + hours(50);
  ASSERT_TRUE(studio().end_session(host_, session_.id));
  EXPECT_EQ(state(), S::cancelled);
  EXPECT_EQ(studio().change_session(host_, session_.id, move, {})->state, S::scheduled);  // it takes place after all
  time_passes(hours(60));
  EXPECT_EQ(state(), S::scheduled);
  time_passes(hours(15));
  EXPECT_EQ(state(), S::cancelled);
  ASSERT_TRUE(studio().join(host_, session_.id, {}));
  enter();
  EXPECT_EQ(studio().change_session(host_, session_.id, move, {}).error().code, error_session_state);
}

TEST_F(SessionLife, AProjectHoldsSessionsAndIsNotDeletedWithThem) {
  const auto project = *studio().create_project(host_, {.name = " Show ", .description = "Weekly"});
  EXPECT_EQ(project.name, "Show");
  EXPECT_EQ(studio().create_project(host_, {.name = ""}).error().code, error_field);
  SessionChange move;
  move.project_id = project.id;
  ASSERT_TRUE(studio().change_session(host_, session_.id, move, {}));
  EXPECT_EQ(studio().project(host_, project.id)->session_count, 1u);
  EXPECT_EQ(studio().delete_project(host_, project.id, {}).error().code, error_project_in_use);
  EXPECT_EQ(studio().change_project(host_, project.id, {}, 9).error().code, error_revision);
  ProjectChange rename;
  rename.name = "Course";
  rename.description = std::optional<std::string>();
  const auto renamed = *studio().change_project(host_, project.id, rename, 1);
  EXPECT_EQ(renamed.name, "Course");
  EXPECT_FALSE(renamed.description);
  EXPECT_EQ(renamed.revision, 2u);
  move.project_id = std::optional<ProjectId>();
  ASSERT_TRUE(studio().change_session(host_, session_.id, move, {}));
  EXPECT_TRUE(studio().delete_project(host_, project.id, 2));
  EXPECT_EQ(studio().project(host_, project.id).error().code, error_no_project);
  move.project_id = project.id;
  EXPECT_EQ(studio().change_session(host_, session_.id, move, {}).error().code, error_field);
}

TEST_F(SessionLife, ListsAreFilteredAndPaged) {
  const auto project = *studio().create_project(host_, {.name = "Show"});
  for (int i = 0; i < 5; ++i) {
    p_->now += seconds(1);
    NewSession session{"C" + std::to_string(i), SessionKind::class_};
    session.project_id = project.id;
    ASSERT_TRUE(studio().create_session(host_, session));
  }
  const auto cancelled = studio().sessions(host_, {.limit = 1})->items[0].id;
  ASSERT_TRUE(studio().end_session(host_, cancelled));
  EXPECT_EQ(studio().sessions(host_, {})->items.size(), 6u);
  EXPECT_EQ(studio().sessions(host_, {.kind = SessionKind::podcast})->items.size(), 1u);
  EXPECT_EQ(studio().sessions(host_, {.state = S::cancelled})->items.at(0).id, cancelled);
  const SessionFilter first{.limit = 3, .project_id = project.id, .state = S::scheduled, .kind = SessionKind::class_};
  const auto page = *studio().sessions(host_, first);
  ASSERT_EQ(page.items.size(), 3u);
  EXPECT_EQ(page.items[0].title, "C3");
  SessionFilter next = first;
  next.cursor = page.next_cursor;
  EXPECT_EQ(studio().sessions(host_, next)->items.size(), 1u);
  EXPECT_EQ(studio().projects(host_, 1, {})->items.at(0).session_count, 5u);
}

TEST_F(SessionLife, MembersSeeAndJoinAndDoNotEdit) {
  auto member = std::get<UserActor>(host_);
  member.role = WorkspaceRole::member;
  EXPECT_EQ(studio().create_session(member, {"Mine"}).error().code, error_forbidden);
  EXPECT_EQ(studio().change_session(member, session_.id, {}, {}).error().code, error_forbidden);
  EXPECT_EQ(studio().end_session(member, session_.id).error().code, error_forbidden);
  EXPECT_EQ(studio().delete_session(member, session_.id, {}).error().code, error_forbidden);
  EXPECT_EQ(studio().create_project(member, {.name = "Mine"}).error().code, error_forbidden);
  EXPECT_EQ(studio().invites(member, session_.id).error().code, error_forbidden);
  EXPECT_FALSE(studio().sessions(member, {})->items.at(0).guest_link);
  EXPECT_EQ(studio().session(member, session_.id)->may, std::vector{Permission::see_results});
  EXPECT_EQ(studio().join(member, session_.id, {})->participant.role, Role::speaker);
  ASSERT_TRUE(studio().end_session(host_, session_.id));
  EXPECT_EQ(studio().join(member, session_.id, {}).error().code, error_over);  // only an editor reopens
}

}  // namespace
}  // namespace greenroom::studio
