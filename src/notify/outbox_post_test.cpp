#include "notify/outbox_post.hpp"

#include <sys/stat.h>

#include <fstream>
#include <sstream>

#include "base/test_directory.hpp"
#include "notify/letters.hpp"

namespace greenroom::notify {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

class KeptLog final : public base::LogSink {
 public:
  void write(base::LogLevel, std::string_view event, std::initializer_list<base::LogField> fields) override {
    text += event;
    for (const auto& field : fields) text += fmt::format(" {}={}", field.name, field.value);
    text += '\n';
  }
  std::string text;
};

class OutboxPostTest : public testing::Test {
 protected:
  OutboxPost post(bool links_in_log = true) {
    return {{folder / "mail", {"Greenroom", "studio@example.org"}, links_in_log}, [this] { return now; }, rng, log};
  }
  std::vector<fs::path> files() const {
    std::vector<fs::path> out;
    for (const auto& entry : fs::directory_iterator(folder / "mail")) out.push_back(entry.path());
    std::sort(out.begin(), out.end());
    return out;
  }

  const base::TestDirectory directory;
  const fs::path& folder = directory.path();
  base::WallTime now = base::wall_from_micros(1'795'181'809'000'000);
  base::SeededRng rng{1};
  KeptLog log;
};

const Mail magic_mail =
    magic_link_letter({"ada@example.org", "https://x/magic?token=secret", std::chrono::minutes(15)});

TEST_F(OutboxPostTest, a_mail_is_a_readable_file_and_a_line_with_its_link) {
  auto outbox = post();
  ASSERT_TRUE(outbox.send(magic_mail));
  ASSERT_EQ(files().size(), 1U);
  std::stringstream content;
  content << std::ifstream(files()[0]).rdbuf();
  EXPECT_THAT(content.str(), HasSubstr("To: ada@example.org\r\n"));
  EXPECT_THAT(content.str(), HasSubstr("\r\nhttps://x/magic?token=secret\r\n"));
  EXPECT_THAT(log.text, HasSubstr("link=https://x/magic?token=secret"));
  struct stat facts {};
  ASSERT_EQ(stat(files()[0].c_str(), &facts), 0);
  EXPECT_EQ(facts.st_mode & 0777, 0600U);
}

TEST_F(OutboxPostTest, keeps_links_to_itself_when_told) {
  auto outbox = post(false);
  ASSERT_TRUE(outbox.send(magic_mail));
  EXPECT_THAT(log.text, testing::Not(HasSubstr("secret")));
}

TEST_F(OutboxPostTest, the_oldest_goes_when_there_are_too_many) {
  fs::create_directories(folder / "mail");
  for (std::size_t i = 0; i < outbox_files_max; ++i)
    std::ofstream(folder / "mail" / fmt::format("19990101-{:04}.eml", i));
  auto outbox = post();
  ASSERT_TRUE(outbox.send(magic_mail));
  EXPECT_EQ(files().size(), outbox_files_max);
  EXPECT_FALSE(fs::exists(folder / "mail" / "19990101-0000.eml"));
  EXPECT_TRUE(files().back().filename().string().starts_with("20261120T"));
}

TEST_F(OutboxPostTest, says_when_it_cannot_write) {
  std::ofstream(folder / "mail") << "in the way";
  auto outbox = post();
  const auto status = outbox.send(magic_mail);
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().code, mail_not_written);
}

TEST_F(OutboxPostTest, refuses_what_is_no_mail) {
  auto outbox = post();
  EXPECT_EQ(outbox.send({"nobody", "x", "", "", ""}).error().code, bad_mail);
}

}  // namespace
}  // namespace greenroom::notify
