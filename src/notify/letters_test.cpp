#include "notify/letters.hpp"

namespace greenroom::notify {
namespace {

using testing::HasSubstr;
using testing::Not;

const LinkLetter ada{"ada@example.org", "https://green.example/verify?token=abc&x=1", std::chrono::hours(24)};

TEST(Letters, say_the_link_in_both_forms) {
  for (const auto& mail :
       {verification_letter(ada), reset_letter(ada), magic_link_letter(ada), account_exists_letter(ada.to, ada.link)}) {
    EXPECT_EQ(mail.to, "ada@example.org");
    EXPECT_EQ(mail.link, ada.link);
    EXPECT_THAT(mail.text, HasSubstr("\n" + ada.link + "\n"));
    EXPECT_THAT(mail.html, HasSubstr("href=\"https://green.example/verify?token=abc&amp;x=1\""));
    EXPECT_FALSE(mail.subject.empty());
  }
}

TEST(Letters, say_how_long_the_link_works) {
  auto letter = ada;
  const std::pair<base::Duration, const char*> lives[] = {{std::chrono::minutes(1), "for 1 minute."},
                                                          {std::chrono::minutes(30), "for 30 minutes."},
                                                          {std::chrono::hours(1), "for 1 hour."},
                                                          {std::chrono::hours(24), "for 24 hours."},
                                                          {std::chrono::hours(24 * 7), "for 7 days."}};
  for (const auto& [life, words] : lives) {
    letter.valid = life;
    EXPECT_THAT(reset_letter(letter).text, HasSubstr(words));
  }
}

TEST(Letters, names_are_escaped_and_cut) {
  const auto mail = workspace_invitation_letter(ada, {"<img src=x>", "A & \"B\"\r\nBcc: eve@example.org", "editor"});
  EXPECT_THAT(mail.html, HasSubstr("&lt;img src=x&gt; invites you to the workspace A &amp; &quot;B&quot;"));
  EXPECT_THAT(mail.html, Not(HasSubstr("<img")));
  EXPECT_THAT(mail.subject, Not(HasSubstr("\n")));
  std::string name;
  for (int i = 0; i < 200; ++i) name += "é";
  const auto cut = session_invitation_letter("a@example.org", "https://x/join/1", {name, "Pilot", ""}).subject;
  EXPECT_EQ(cut.size(), letter_name_max * 2 + std::string_view("… invites you to Pilot").size());
}

TEST(Letters, session_invitation_says_when) {
  const auto mail =
      session_invitation_letter("a@example.org", "https://x/join/1", {"Ada", "Pilot", "20 November 2026"});
  EXPECT_THAT(mail.text, HasSubstr("It begins on 20 November 2026."));
}

}  // namespace
}  // namespace greenroom::notify
