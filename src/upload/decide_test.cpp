#include "upload/decide.hpp"

namespace greenroom::upload {
namespace {

constexpr base::WallTime now = base::wall_from_micros(1'000'000);
constexpr Limits limits{.bytes_max = 1'000};

struct Case {
  const char* name;
  std::uint64_t offset;                 // of the upload
  std::optional<std::uint64_t> length;  // of the upload
  Patch patch;
  const char* expect;  // an error's name, or "room"
  std::uint64_t room = 0;
  bool complete = false;
  bool expired = false;
};

const Case cases[] = {
    {"first bytes", 0, 100, {0, 10, {}}, "room", 100},
    {"goes on", 40, 100, {40, 10, {}}, "room", 60},
    {"exactly the rest", 40, 100, {40, 60, {}}, "room", 60},
    {"chunked body", 40, 100, {40, {}, {}}, "room", 60},
    {"behind the offset", 40, 100, {30, 10, {}}, "upload.wrong_offset"},
    {"ahead of the offset", 40, 100, {50, 10, {}}, "upload.wrong_offset"},
    {"one byte too many", 40, 100, {40, 61, {}}, "upload.too_large"},
    {"deferred length", 40, {}, {40, 10, {}}, "room", 960},
    {"deferred, over the limit", 40, {}, {40, 961, {}}, "upload.too_large"},
    {"length declared now", 40, {}, {40, 10, 50}, "room", 10},
    {"declared shorter than there is", 40, {}, {40, 0, 39}, "upload.length"},
    {"declared over the limit", 40, {}, {40, 0, 1'001}, "upload.too_large"},
    {"declared as it is already", 40, 100, {40, 1, 100}, "room", 60},
    {"declared differently", 40, 100, {40, 1, 99}, "upload.length"},
    {"declared, and the body is too long", 40, {}, {40, 11, 50}, "upload.too_large"},
    {"declared at the offset: complete", 40, {}, {40, 0, 40}, "room", 0},
    {"last request repeated, empty", 100, 100, {100, 0, {}}, "room", 0, true},
    {"last request repeated", 100, 100, {90, 10, {}}, "upload.wrong_offset", 0, true},
    {"more after the end", 100, 100, {100, 1, {}}, "upload.completed", 0, true},
    {"expired", 40, 100, {40, 10, {}}, "upload.expired", 0, false, true},
    {"complete ones do not expire", 100, 100, {100, 0, {}}, "room", 0, true, true},
    {"no room in the number", 0, {}, {0, ~std::uint64_t(0), {}}, "upload.too_large"},
};

TEST(UploadDecide, Table) {
  for (const Case& c : cases) {
    UploadInfo upload;
    upload.offset = c.offset;
    upload.length = c.length;
    upload.complete = c.complete;
    upload.expires_at = c.expired ? now : now + std::chrono::seconds(1);
    const Decision decision = decide(upload, c.patch, false, limits, now);
    if (const auto* append = std::get_if<Append>(&decision)) {
      EXPECT_STREQ(c.expect, "room") << c.name;
      EXPECT_EQ(append->room, c.room) << c.name;
    } else {
      EXPECT_EQ(std::get<Reject>(decision).code.name, c.expect) << c.name;
    }
  }
}

TEST(UploadDecide, AHolderIsPreemptedOnlyByARequestThatIsRight) {
  UploadInfo upload;
  upload.offset = 10;
  upload.expires_at = now + std::chrono::seconds(1);
  EXPECT_TRUE(std::get<Append>(decide(upload, {10, {}, {}}, true, limits, now)).preempt);
  EXPECT_FALSE(std::get<Append>(decide(upload, {10, {}, {}}, false, limits, now)).preempt);
  EXPECT_TRUE(std::holds_alternative<Reject>(decide(upload, {11, {}, {}}, true, limits, now)));
}

TEST(UploadDecide, AFinalUploadTakesNothing) {
  UploadInfo upload;
  upload.concat = "final;/a";
  upload.partials.push_back(upload.id);
  upload.expires_at = now + std::chrono::seconds(1);
  EXPECT_EQ(std::get<Reject>(decide(upload, {0, 0, {}}, false, limits, now)).code, error_final);
  upload.complete = true;
  EXPECT_EQ(std::get<Reject>(decide(upload, {7, 1, {}}, false, limits, now)).code, error_final);
}

TEST(UploadDecide, CreationKnowsTheLimit) {
  EXPECT_FALSE(refuse_creation(1'000, limits));
  EXPECT_FALSE(refuse_creation(std::nullopt, limits));
  EXPECT_EQ(refuse_creation(1'001, limits)->code, error_too_large);
}

TEST(UploadDecide, CheckpointsAreBatched) {
  using std::chrono::milliseconds;
  EXPECT_FALSE(checkpoint_due({0, milliseconds(900)}));
  EXPECT_FALSE(checkpoint_due({1'000, milliseconds(100)}));
  EXPECT_TRUE(checkpoint_due({1'000, milliseconds(250)}));
  EXPECT_FALSE(checkpoint_due({1 << 20, milliseconds(0)}));
  EXPECT_TRUE(checkpoint_due({8 << 20, milliseconds(0)}));
}

}  // namespace
}  // namespace greenroom::upload
