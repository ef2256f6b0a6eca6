#include "studio/answers.hpp"

#include <gtest/gtest.h>

#include "db/test_database.hpp"

namespace greenroom::studio {
namespace {

class AnswersTest : public testing::Test {
 protected:
  Answers::Begun begin(const AskedOnce& request) {
    auto begun = answers_.begin(request, now_);
    EXPECT_TRUE(begun) << begun.error().what << begun.error().context;
    return begun ? *begun : Answers::Begun();
  }
  base::ErrorCode refused(const AskedOnce& request) {
    const auto begun = answers_.begin(request, now_);
    EXPECT_FALSE(begun);
    return begun ? base::ErrorCode{} : begun.error().code;
  }

  const AskedOnce request_{"user:a", "POST", "/things", "k1", "{}"};
  const KeptAnswer answer_{201, "Location: /things/1\n", R"({"id":1})"};
  base::WallTime now_ = base::wall_from_micros(1'790'000'000'000'000);
  db::TestDirectory directory_;
  std::unique_ptr<db::Database> database_ = db::open_test_database(directory_, answer_migrations());
  Answers answers_{*database_};
};

TEST_F(AnswersTest, AreGivenAgain) {
  const auto first = begin(request_);
  ASSERT_FALSE(first.answer);
  EXPECT_EQ(refused(request_), error_key_in_use);
  ASSERT_TRUE(answers_.keep(first.ticket, answer_));
  now_ += std::chrono::hours(23);
  const auto again = begin(request_);
  ASSERT_TRUE(again.answer);
  EXPECT_EQ(again.answer->status, 201);
  EXPECT_EQ(again.answer->headers, answer_.headers);
  EXPECT_EQ(again.answer->body, answer_.body);
}

TEST_F(AnswersTest, BelongToCallerMethodPathAndKey) {
  ASSERT_TRUE(answers_.keep(begin(request_).ticket, answer_));
  for (auto member : {&AskedOnce::caller, &AskedOnce::method, &AskedOnce::path, &AskedOnce::key}) {
    AskedOnce other = request_;
    other.*member += "x";
    EXPECT_FALSE(begin(other).answer);
  }
  AskedOnce other = request_;
  other.content = "{ }";
  EXPECT_EQ(refused(other), error_key_of_other_request);
}

TEST_F(AnswersTest, PartsDoNotRunIntoEachOther) {
  begin({"ab", "c", "d", "e", ""});
  EXPECT_FALSE(begin({"a", "bc", "d", "e", ""}).answer);  // and is not in use either
}

TEST_F(AnswersTest, AForgottenRequestRunsAgain) {
  ASSERT_TRUE(answers_.forget(begin(request_).ticket));
  EXPECT_FALSE(begin(request_).answer);
}

TEST_F(AnswersTest, ARequestWhoseServerDiedRunsAgainAndTheDeadOneSaysNothing) {
  const auto dead = begin(request_);
  now_ += Answers::running_max;
  const auto next = begin(request_);
  ASSERT_FALSE(next.answer);
  ASSERT_TRUE(answers_.keep(dead.ticket, {500, "", ""}));
  ASSERT_TRUE(answers_.forget(dead.ticket));
  EXPECT_EQ(refused(request_), error_key_in_use);
  ASSERT_TRUE(answers_.keep(next.ticket, answer_));
  EXPECT_EQ(begin(request_).answer->status, 201);
}

TEST_F(AnswersTest, HaveTheirDay) {
  ASSERT_TRUE(answers_.keep(begin(request_).ticket, answer_));
  now_ += Answers::life;
  ASSERT_TRUE(answers_.purge(now_));
  const auto left =
      database_->read([](db::Transaction& tx) { return tx.scalar<std::int64_t>("SELECT count(*) FROM kept_answers"); });
  EXPECT_EQ(left.value(), 0);
  EXPECT_FALSE(begin(request_).answer);
  ASSERT_TRUE(answers_.purge(now_));
  EXPECT_EQ(refused(request_), error_key_in_use);
}

TEST_F(AnswersTest, AnAnswerThatWasNotPurgedInTimeIsNotGiven) {
  ASSERT_TRUE(answers_.keep(begin(request_).ticket, answer_));
  now_ += Answers::life;
  EXPECT_FALSE(begin(request_).answer);
}

}  // namespace
}  // namespace greenroom::studio
