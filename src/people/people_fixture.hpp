// A People over a database of its own, with a clock that stands still until it is moved, and the steps that its tests
// are told in. Tests only.
#pragma once
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/assert.hpp"
#include "db/test_database.hpp"
#include "people/test_people.hpp"

namespace greenroom::people {

inline const Visit laptop{"10.0.0.1", "Firefox"};
inline const Visit phone{"10.0.0.2", "Safari"};

class PeopleTest : public testing::Test {
 protected:
  std::unique_ptr<People> make() {
    return std::make_unique<People>(PeopleDependencies{*database_, base::Bytes(32, 7), [this] { return now_; }, rng_,
                                                       log_, post_, [] { return std::string("https://studio.test"); },
                                                       open_, test_limits()});
  }
  SignedIn owner() {
    const std::string token = **people_->make_setup_token();
    auto in = people_->set_up({token, "Ada", "Ada@Example.org", "correct horse"}, laptop);
    GREENROOM_ASSERT(in.has_value());
    return *in;
  }
  UserActor actor_of(const SignedIn& in) {
    auto actor = people_->user_of(in.tokens.access);
    GREENROOM_ASSERT(actor.has_value());
    return *actor;
  }
  base::ErrorCode ended(const SignedIn& in) {
    const auto actor = people_->user_of(in.tokens.access);
    return actor ? base::ErrorCode{base::ErrorKind::internal, "still signed in"} : actor.error().code;
  }
  // The token of the one mail that was sent since the last look.
  std::string mailed_token() {
    const auto mails = post_.take();
    EXPECT_EQ(mails.size(), 1u);
    if (mails.empty()) return "";
    const std::string& link = mails.back().link;
    return link.substr(link.find_last_of("/=") + 1);
  }
  SignedIn registered(const std::string& name, const std::string& email) {
    GREENROOM_ASSERT(people_->register_account({name, email, "correct horse"}, laptop).has_value());
    auto in = people_->verify_email(mailed_token(), laptop);
    GREENROOM_ASSERT(in.has_value());
    return *in;
  }
  // Somebody new in the actor's workspace.
  SignedIn joined(const UserActor& host, const std::string& name, WorkspaceRole role) {
    GREENROOM_ASSERT(people_->invite(host, name + "@example.org", role).has_value());
    auto in = people_->accept_invitation(mailed_token(), name, "correct horse", laptop);
    GREENROOM_ASSERT(in.has_value());
    return *in;
  }
  std::string totp(const std::string& secret) { return people::totp(secret, now_); }
  // Turns the second factor on; the code that confirmed it is used up.
  RecoveryCodes with_two_factor(const UserActor& actor, std::string& secret) {
    secret = people_->begin_two_factor(actor)->secret;
    return *people_->confirm_two_factor(actor, totp(secret));
  }
  std::vector<std::string> audited(const UserActor& actor) {
    std::vector<std::string> out;
    const auto page = people_->audit_log(actor, 100, {});
    GREENROOM_ASSERT(page.has_value());
    for (const auto& line : page->items) out.push_back(line.action);
    return out;
  }
  std::int64_t count(std::string_view sql) {
    return **database_->read([&](db::Transaction& tx) { return tx.scalar<std::int64_t>(sql); });
  }

  db::TestDirectory directory_;
  base::WallTime now_ = base::wall_from_micros(1'700'000'000'000'000);
  LockedRng rng_{11};
  base::NullLog log_;
  notify::TestPost post_;
  bool open_ = true;
  std::unique_ptr<db::Database> database_ = db::open_test_database(directory_, migrations());
  std::unique_ptr<People> people_ = make();
};

}  // namespace greenroom::people
