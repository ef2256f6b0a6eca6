// A People over a database of its own, with a clock that stands still until it is moved. Tests only.
#pragma once
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/assert.hpp"
#include "db/test_database.hpp"
#include "people/test_people.hpp"

namespace greenroom::people {

class PeopleTest : public testing::Test {
 protected:
  SignedIn owner() {
    const std::string token = **people_.make_setup_token();
    auto in = people_.set_up({token, "Ada", "Ada@Example.org", "correct horse"}, {});
    GREENROOM_ASSERT(in.has_value());
    return *in;
  }

  db::TestDirectory directory_;
  base::WallTime now_ = base::wall_from_micros(1'700'000'000'000'000);
  LockedRng rng_{11};
  base::NullLog log_;
  std::unique_ptr<db::Database> database_ = db::open_test_database(directory_, migrations());
  People people_{{*database_, base::Bytes(32, 7), [this] { return now_; }, rng_, log_, test_limits()}};
};

}  // namespace greenroom::people
